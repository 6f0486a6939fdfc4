package errs

import (
	"errors"
	"fmt"
	"time"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Reason says why a request was refused. See propusk/errors/v1.
type Reason = errorsv1.Reason

// Kind is the kind of a refusal; each maps to one gRPC code and one HTTP status.
type Kind int

// The kinds, with the HTTP status each becomes.
const (
	Internal        Kind = iota // 500
	Invalid                     // 400: the request is wrong whatever the state
	Unauthenticated             // 401
	Denied                      // 403
	NotFound                    // 404
	Conflict                    // 409: the state forbids it
	Precondition                // 412: If-Match does not match
	Unprocessable               // 422: understood, and refused: a wrong code, a reused idempotency key
	Throttled                   // 429
	Unavailable                 // 503
	Deadline                    // 504
)

// Error is a refusal.
type Error struct {
	Kind   Kind
	Reason Reason
	// Message is for developers, in English, without personal data. People read the text of the Reason.
	Message string
	Fields  []Field
	// RetryAfter is how long to wait before the same request may succeed; zero: unknown.
	RetryAfter time.Duration
	// AttemptsLeft is how many more guesses are allowed; nil: nothing was guessed, or nobody knows.
	AttemptsLeft *int
	// Params fill the localised text, such as the level that is needed. Never personal data.
	Params map[string]string

	cause error
}

// Field is one wrong field.
type Field struct {
	// Name is the path in the request as protobuf spells it: "passport.issue_date".
	Name   string
	Reason Reason
	// Pointer is the JSON pointer (RFC 6901) of the member, where the reader of a JSON body found it; empty: Name tells it.
	Pointer string
	// Max is the limit that a value exceeds: the characters of a text, or the largest number; zero: the reason is another, or
	// the limit goes without saying.
	Max int
	// Pattern is a regular expression (ECMA-262) that well-formed values match; empty: none tells them.
	Pattern string
}

// New makes a refusal; message is for developers.
func New(reason Reason, message string) *Error {
	return &Error{Kind: KindOf(reason), Reason: reason, Message: message}
}

// Wrap makes a refusal out of a failure below; the cause is logged, never sent.
func Wrap(cause error, reason Reason, message string) *Error {
	return &Error{Kind: KindOf(reason), Reason: reason, Message: message, cause: cause}
}

// After says how long to wait before trying again.
func (e *Error) After(d time.Duration) *Error {
	e.RetryAfter = d
	return e
}

// Leaving says how many attempts are left.
func (e *Error) Leaving(attempts int) *Error {
	e.AttemptsLeft = &attempts
	return e
}

// With adds a parameter of the localised text.
func (e *Error) With(name string, value any) *Error {
	if e.Params == nil {
		e.Params = map[string]string{}
	}
	e.Params[name] = fmt.Sprint(value)
	return e
}

// Error is the chain as the log shows it.
func (e *Error) Error() string {
	s := e.Reason.String() + ": " + e.Message
	for _, f := range e.Fields {
		s += fmt.Sprintf(" [%s %s]", f.Name, f.Reason)
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// As finds the refusal in a chain.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Is says whether the chain holds a refusal for this reason.
func Is(err error, reason Reason) bool {
	e, ok := As(err)
	return ok && e.Reason == reason
}
