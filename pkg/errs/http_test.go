package errs

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestHTTPStatus(t *testing.T) {
	for kind, want := range map[Kind]int{
		Internal: 500, Invalid: 400, Unauthenticated: 401, Denied: 403, NotFound: 404, Conflict: 409, Precondition: 412,
		Unprocessable: 422, Throttled: 429, Unavailable: 503, Deadline: 504, Deadline + 1: 500, -1: 500,
	} {
		unknown := &Error{Kind: kind, Reason: 100_000} // of a newer version
		if got := unknown.HTTPStatus(); got != want {
			t.Errorf("kind %d is %d, want %d", kind, got, want)
		}
	}
}

func TestAReasonHasOneKindAndStatus(t *testing.T) {
	for reason, want := range map[Reason]struct {
		kind   Kind
		status int
	}{
		errorsv1.Reason_METHOD_NOT_ALLOWED:     {Invalid, http.StatusMethodNotAllowed},
		errorsv1.Reason_PAYLOAD_TOO_LARGE:      {Invalid, http.StatusRequestEntityTooLarge},
		errorsv1.Reason_UNSUPPORTED_MEDIA_TYPE: {Invalid, http.StatusUnsupportedMediaType},
		errorsv1.Reason_HOST_NOT_SERVED:        {Invalid, http.StatusMisdirectedRequest},
		errorsv1.Reason_CODE_WRONG:             {Unprocessable, http.StatusUnprocessableEntity},
		errorsv1.Reason_FIELD_MALFORMED:        {Invalid, http.StatusBadRequest},
		errorsv1.Reason_CANCELED:               {Unavailable, http.StatusServiceUnavailable},
		errorsv1.Reason_REASON_UNSPECIFIED:     {Internal, http.StatusInternalServerError},
	} {
		if got := New(reason, ""); got.Kind != want.kind || got.HTTPStatus() != want.status {
			t.Errorf("%s is of kind %d and answered %d", reason, got.Kind, got.HTTPStatus())
		}
	}
}

func TestProblem(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/there?secret", nil)
	w := httptest.NewRecorder()
	WriteProblem(w, r, New(errorsv1.Reason_UNAVAILABLE, "away").After(1500*time.Millisecond))
	var p struct {
		Type, Title, Detail, Instance, Code string
		Status                              int
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if w.Code != 503 || w.Header().Get("Retry-After") != "2" || p.Status != 503 || p.Code != "UNAVAILABLE" ||
		p.Type != "urn:propusk:problem:UNAVAILABLE" || p.Detail != "away" || p.Instance != "/there" || p.Title == "" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	w = httptest.NewRecorder()
	WriteProblem(w, r, Refusal(Fields{{Name: "wait", Reason: errorsv1.Reason_FIELD_MALFORMED}}.Err(), nil))
	if !strings.Contains(w.Body.String(), `"errors":[{"pointer":"/wait","code":"FIELD_MALFORMED"}]`) {
		t.Errorf("a wrong field: %s", w.Body)
	}
	w = httptest.NewRecorder()
	guess := New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(0).After(1500 * time.Millisecond)
	guess.Fields = Fields{{Name: "code", Pointer: "/codes/0", Reason: errorsv1.Reason_FIELD_MALFORMED, Max: 6, Pattern: "^[0-9]{6}$"}}
	WriteProblem(w, r, guess)
	if !strings.Contains(w.Body.String(), `"attemptsLeft":0,"retryAfter":2,"errors":[`+
		`{"pointer":"/codes/0","code":"FIELD_MALFORMED","limit":6,"pattern":"^[0-9]{6}$"}]`) {
		t.Errorf("what is for programs: %s", w.Body)
	}
	w = httptest.NewRecorder()
	if WriteProblem(w, r, Refusal(errors.New("canary"), nil)); w.Code != 500 || strings.Contains(w.Body.String(), "canary") {
		t.Errorf("an unknown error is %d %s", w.Code, w.Body)
	}
}
