package domain

import (
	"fmt"

	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

// ReasonOf translates a registry's mismatch into this service's reason. A mismatch that the registry cannot find is an
// error, never a reason.
func ReasonOf(r Registry, m registryv1.Mismatch) (Reason, error) {
	switch {
	case m == registryv1.Mismatch_NAME:
		return verificationv1.MismatchReason_NAME, nil
	case m == registryv1.Mismatch_BIRTH_DATE:
		return verificationv1.MismatchReason_BIRTH_DATE, nil
	case m == registryv1.Mismatch_DECEASED:
		return verificationv1.MismatchReason_DECEASED, nil
	case m == registryv1.Mismatch_GENDER:
		return verificationv1.MismatchReason_GENDER, nil
	case r == verificationv1.Registry_PFR && m == registryv1.Mismatch_NOT_FOUND:
		return verificationv1.MismatchReason_SNILS_NOT_FOUND, nil
	case r == verificationv1.Registry_FMS && m == registryv1.Mismatch_NOT_FOUND:
		return verificationv1.MismatchReason_PASSPORT_NOT_FOUND, nil
	case r == verificationv1.Registry_FMS && m == registryv1.Mismatch_INVALID:
		return verificationv1.MismatchReason_PASSPORT_INVALID, nil
	case r == verificationv1.Registry_FMS && m == registryv1.Mismatch_ISSUE:
		return verificationv1.MismatchReason_PASSPORT_ISSUE, nil
	}
	return 0, fmt.Errorf("registry %s answered %s, which makes no sense", r, m)
}
