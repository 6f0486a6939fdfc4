// Package i18n finds the words for people, in Russian and English. It holds those that services share: why something
// was refused, dates, waits and numbers (locales/*.toml, embedded). What one service says to people is in catalogues of
// its own, which [Load] adds.
//
// It owns no HTTP and no state. A text is found by its key; a refusal's text by its Reason. Package i18ntest holds
// catalogues against what they must be: both languages have the same keys and parameters, and no key is unused.
package i18n
