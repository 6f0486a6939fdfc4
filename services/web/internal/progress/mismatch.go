package progress

import (
	"slices"

	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

// FieldsOf are the fields that a mismatch is about; none: no correction helps.
func FieldsOf(reason verificationv1.MismatchReason) []string {
	switch reason {
	case verificationv1.MismatchReason_NAME:
		return []string{"last_name", "first_name", "middle_name"}
	case verificationv1.MismatchReason_BIRTH_DATE:
		return []string{"birth_date"}
	case verificationv1.MismatchReason_GENDER:
		return []string{"gender"}
	case verificationv1.MismatchReason_SNILS_NOT_FOUND:
		return []string{"snils"}
	case verificationv1.MismatchReason_PASSPORT_NOT_FOUND, verificationv1.MismatchReason_PASSPORT_INVALID:
		return []string{"passport_number"}
	case verificationv1.MismatchReason_PASSPORT_ISSUE:
		return []string{"issue_date", "issued_by", "issue_code"}
	case verificationv1.MismatchReason_MISMATCH_REASON_UNSPECIFIED, verificationv1.MismatchReason_DECEASED,
		verificationv1.MismatchReason_DUPLICATE_PERSON:
	}
	return nil
}

// Doubted are the fields that registries found to differ in a check, each with those that did.
func Doubted(v *verificationv1.Verification) map[string][]verificationv1.Registry {
	out := map[string][]verificationv1.Registry{}
	for _, c := range v.GetChecks() {
		for _, reason := range c.GetReasons() {
			for _, field := range FieldsOf(reason) {
				if !slices.Contains(out[field], c.GetRegistry()) {
					out[field] = append(out[field], c.GetRegistry())
				}
			}
		}
	}
	return out
}

// FoundBy are the registries that gave a reason.
func FoundBy(v *verificationv1.Verification, reason verificationv1.MismatchReason) []verificationv1.Registry {
	var out []verificationv1.Registry
	for _, c := range v.GetChecks() {
		if slices.Contains(c.GetReasons(), reason) {
			out = append(out, c.GetRegistry())
		}
	}
	return out
}
