// Package i18n is every word that people read from the gateway, in Russian and English: the texts of the
// hosted pages, the titles and details of problem documents, dates and numbers in words.
//
// It owns the catalogues (locales/*.toml, embedded) and nothing else: no HTTP, no state. A text is found by
// its key; a refusal's text by its Reason. Both languages have the same keys and parameters, which the tests
// prove, as they prove that no key is unused.
package i18n
