// Package requestlog shows a client's developers what their client asked at the public endpoints, and, where it was
// refused, why and what helps.
//
// A handler is wrapped by [Observer.Observe], which sees request and answer; what only the steps inside know (the client,
// the error, a finer reason than the protocol's) they note on the context: [Client], [Refused], [Because]. Nothing secret
// and nothing about a person is noted: a parameter's value is shown only where its own rule allows (redact.go). Why a
// request was refused is a stable code with words in every language (advice.json).
//
// Entries wait in memory, bounded, and are written together about each second, so that no request waits for them: a crash
// loses the last of them.
package requestlog
