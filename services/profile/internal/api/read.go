package api

import (
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/profile/internal/domain"
)

// cardParts are the parts of a card that a mask names (AIP-157); all without one.
func cardParts(mask *fieldmaskpb.FieldMask) (domain.CardParts, error) {
	if len(mask.GetPaths()) == 0 {
		return domain.WholeCard(), nil
	}
	var parts domain.CardParts
	var wrong errs.Fields
	for _, path := range mask.GetPaths() {
		switch path {
		case everything:
			parts = domain.WholeCard()
		case "person":
			parts.Person = true
		case "documents":
			parts.Documents = true
		case "addresses":
			parts.Addresses = true
		case "unproven_phone":
			parts.UnprovenPhone = true
		case "unproven_email":
			parts.UnprovenEmail = true
		default:
			wrong.Add("read_mask", errorsv1.Reason_FIELD_UNKNOWN)
		}
	}
	return parts, wrong.Err()
}
