package compose

import (
	"encoding/json"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
)

const (
	// exampleRequestID looks like the ids that the edge gives to requests.
	exampleRequestID = "9f86d081884c7d659a2feaa0c55ad015"
	// anyPath stands for those of all operations that share an answer.
	anyPath = "/v1/me"
)

// exampleOf is a problem document for a reason of which the edge refuses any operation, as the API itself writes it. Those of
// operations of their own are examples that a test was answered.
func exampleOf(r errs.Reason, path string) (object, bool) {
	if r != errorsv1.Reason_RATE_LIMITED {
		return nil, false
	}
	e := errs.New(r, "").After(20 * time.Second)
	document, err := json.Marshal(rest.Problem(e, "en", path, exampleRequestID))
	var out object
	return out, err == nil && json.Unmarshal(document, &out) == nil
}
