package identifiers

import (
	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// ParseID reads the id of a resource as a caller names it. What cannot be an id names nothing: it is refused as an id
// that nobody has (NOT_FOUND).
func ParseID(s string) (uuid.UUID, error) {
	id, err := uuid.Parse(s)
	if err != nil || len(s) != len(uuid.Nil.String()) {
		return uuid.Nil, errs.New(errorsv1.Reason_NOT_FOUND, "there is none with this id")
	}
	return id, nil
}
