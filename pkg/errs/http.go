package errs

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// HTTPStatus is the status of an answer that is the refusal.
func (e *Error) HTTPStatus() int {
	switch e.Reason {
	case errorsv1.Reason_METHOD_NOT_ALLOWED:
		return http.StatusMethodNotAllowed
	case errorsv1.Reason_PAYLOAD_TOO_LARGE:
		return http.StatusRequestEntityTooLarge
	case errorsv1.Reason_HOST_NOT_SERVED:
		return http.StatusMisdirectedRequest
	case errorsv1.Reason_UNSUPPORTED_MEDIA_TYPE:
		return http.StatusUnsupportedMediaType
	default:
		return e.Kind.HTTPStatus()
	}
}

// HTTPStatus is the status of the kind, which a few reasons make more exact: see [Error.HTTPStatus].
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

// WriteProblem answers with the problem document (RFC 9457) of an error, in words for developers. People get theirs
// from the gateway.
func WriteProblem(w http.ResponseWriter, r *http.Request, e *Error) {
	status, code := e.HTTPStatus(), e.Reason.String()
	problem := map[string]any{
		"type": ProblemType + code, "title": http.StatusText(status), "status": status, "detail": e.Message,
		"instance": r.URL.Path, "code": code,
	}
	if len(e.Fields) > 0 {
		problem["errors"] = fieldProblems(e.Fields)
	}
	data, _ := json.Marshal(problem) //nolint:errchkjson // strings and a number
	e.SetRetryAfter(w.Header())
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // a caller who has disconnected needs no answer
}

func fieldProblems(fields []Field) []map[string]string {
	out := make([]map[string]string, len(fields))
	for i, f := range fields {
		out[i] = map[string]string{"pointer": "/" + f.Name, "code": f.Reason.String()}
	}
	return out
}

// SetRetryAfter tells the caller how long to wait, where that is known.
func (e *Error) SetRetryAfter(h http.Header) {
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
}
