// Package identifiers reads what people type that follows a public rule: SNILS, passports, taxpayer and register
// numbers, dates, phones, e-mail, names, countries and postal numbers.
//
// Each Parse function accepts any spelling (spaces, dashes, brackets), refuses what breaks the rule
// with an [errs.Problem], and returns a typed value in one normal form: what is stored, compared and
// indexed. Format gives the form people read, Masked the form that may be shown to somebody else.
//
// Everything is pure: no context, no input or output, and today's date is always passed in. Whether a value
// is taken, known to a registry or allowed at this moment is decided elsewhere.
package identifiers
