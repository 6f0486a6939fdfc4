package compose

import (
	"encoding/json"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
)

// exampleRequestID looks like the ids that the edge gives to requests.
const exampleRequestID = "9f86d081884c7d659a2feaa0c55ad015"

// exampleOf is a problem document for a reason, as the API itself writes it: one refusal of each kind that programs treat in
// a way of its own.
func exampleOf(r errs.Reason) (object, bool) {
	var e *errs.Error
	path := "/v1/registrations"
	switch r {
	case errorsv1.Reason_VALIDATION_FAILED:
		e = errs.New(r, "")
		e.Fields = errs.Fields{
			{Name: "last_name", Reason: errorsv1.Reason_FIELD_REQUIRED},
			{Name: "middle_name", Reason: errorsv1.Reason_FIELD_TOO_LONG, Max: identifiers.MaxName},
		}
	case errorsv1.Reason_CODE_WRONG:
		e, path = errs.New(r, "").Leaving(3), path+"/Gk0rXb3pQ2uE5tWc8yZ1aA:verifyCode"
	case errorsv1.Reason_RATE_LIMITED:
		e = errs.New(r, "").After(20 * time.Second)
	default:
		return nil, false
	}
	document, err := json.Marshal(rest.Problem(e, "en", path, exampleRequestID))
	var out object
	return out, err == nil && json.Unmarshal(document, &out) == nil
}
