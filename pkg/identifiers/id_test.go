package identifiers_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestParseID(t *testing.T) {
	id := uuid.New()
	if got, err := identifiers.ParseID(id.String()); err != nil || got != id {
		t.Errorf("got %v, %v", got, err)
	}
	for _, s := range []string{"", "x", "{" + id.String() + "}", "urn:uuid:" + id.String(), id.String() + " "} {
		if _, err := identifiers.ParseID(s); !errs.Is(err, errorsv1.Reason_NOT_FOUND) {
			t.Errorf("%q: got %v, want NOT_FOUND", s, err)
		}
	}
}
