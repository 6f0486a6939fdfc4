package errs

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
)

// HTTPStatus is the status of an answer that is the refusal: its reason's, or its kind's where a newer version has given a
// reason that this one does not know.
func (e *Error) HTTPStatus() int {
	if status := StatusOf(e.Reason); status != 0 {
		return status
	}
	return e.Kind.HTTPStatus()
}

// HTTPStatus is the status of the kind, which a few reasons make more exact.
func (k Kind) HTTPStatus() int {
	statuses := [...]int{
		Internal: http.StatusInternalServerError, Invalid: http.StatusBadRequest,
		Unauthenticated: http.StatusUnauthorized, Denied: http.StatusForbidden, NotFound: http.StatusNotFound,
		Conflict: http.StatusConflict, Precondition: http.StatusPreconditionFailed,
		Unprocessable: http.StatusUnprocessableEntity, Throttled: http.StatusTooManyRequests,
		Unavailable: http.StatusServiceUnavailable, Deadline: http.StatusGatewayTimeout,
	}
	if k < 0 || int(k) >= len(statuses) {
		return http.StatusInternalServerError
	}
	return statuses[k]
}

// ProblemType is, with the reason behind it, the stable name of a problem.
const ProblemType = "urn:propusk:problem:"

// ProblemDocument is a problem document (RFC 9457). Beside its words it has for programs what they say.
type ProblemDocument struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	Instance  string `json:"instance"`
	Code      string `json:"code"`
	RequestID string `json:"requestId,omitempty"`
	// AttemptsLeft is how many more guesses are allowed.
	AttemptsLeft *int `json:"attemptsLeft,omitempty"`
	// RetryAfter is how long to wait, in seconds: the Retry-After header.
	RetryAfter int            `json:"retryAfter,omitempty"`
	Errors     []FieldProblem `json:"errors,omitempty"`
}

// FieldProblem is what is wrong with one member of the body, or one parameter.
type FieldProblem struct {
	// Pointer is a JSON pointer (RFC 6901) into the body; where what is wrong was written by another request, it begins
	// with what that wrote: /person/birthDate, /document/issueDate, /address/house. A parameter is its name behind a slash.
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail,omitempty"`
	// Limit and Pattern are Max and Pattern of [Field].
	Limit   int    `json:"limit,omitempty"`
	Pattern string `json:"pattern,omitempty"`
}

// Document is the refusal as a problem document without words.
func (e *Error) Document() ProblemDocument {
	p := ProblemDocument{
		Type: ProblemType + e.Reason.String(), Status: e.HTTPStatus(), Code: e.Reason.String(),
		AttemptsLeft: e.AttemptsLeft, RetryAfter: e.RetrySeconds(),
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, FieldProblem{Pointer: f.pointer(), Code: f.Reason.String(), Limit: f.Max, Pattern: f.Pattern})
	}
	return p
}

// WriteProblem answers with the problem document of an error, in words for developers. People get theirs
// from the gateway.
func WriteProblem(w http.ResponseWriter, r *http.Request, e *Error) {
	problem := e.Document()
	problem.Title, problem.Detail, problem.Instance = http.StatusText(problem.Status), e.Message, r.URL.Path
	data, _ := json.Marshal(problem) //nolint:errchkjson // strings and numbers
	e.SetRetryAfter(w.Header())
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(problem.Status)
	_, _ = w.Write(data) // a caller who has disconnected needs no answer
}

// RetrySeconds is how long to wait before trying again, in whole seconds, rounded up; 0: unknown.
func (e *Error) RetrySeconds() int { return int(math.Ceil(max(0, e.RetryAfter.Seconds()))) }

// SetRetryAfter tells the caller how long to wait, where that is known.
func (e *Error) SetRetryAfter(h http.Header) {
	if seconds := e.RetrySeconds(); seconds > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds))
	}
}
