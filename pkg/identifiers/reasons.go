package identifiers

import (
	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	required     = errorsv1.Reason_FIELD_REQUIRED
	malformed    = errorsv1.Reason_FIELD_MALFORMED
	unknownValue = errorsv1.Reason_FIELD_UNKNOWN_VALUE
	wrongSum     = errorsv1.Reason_FIELD_CHECKSUM
	outOfRange   = errorsv1.Reason_FIELD_OUT_OF_RANGE
	inFuture     = errorsv1.Reason_DATE_IN_FUTURE
	tooEarly     = errorsv1.Reason_DATE_TOO_EARLY
	under14      = errorsv1.Reason_AGE_UNDER_14
	issuedUnder  = errorsv1.Reason_PASSPORT_ISSUED_BEFORE_14
	replaceAt20  = errorsv1.Reason_PASSPORT_REPLACE_AT_20
	replaceAt45  = errorsv1.Reason_PASSPORT_REPLACE_AT_45
	nameLetters  = errorsv1.Reason_NAME_CHARACTERS
	mixedLetters = errorsv1.Reason_NAME_MIXED_ALPHABETS
	notMobile    = errorsv1.Reason_PHONE_NOT_MOBILE
	otherCountry = errorsv1.Reason_PHONE_COUNTRY
	localPart    = errorsv1.Reason_EMAIL_LOCAL_PART
	onlyZeros    = errorsv1.Reason_NUMBER_ALL_ZEROS
	noSuchDay    = errorsv1.Reason_DATE_NOT_IN_CALENDAR
)

// longerThan names the limit: a text that is too long is never refused without it.
func longerThan(limit int) error {
	return errs.Problem{Reason: errorsv1.Reason_FIELD_TOO_LONG, Max: limit}
}

func problem(r errs.Reason) error { return errs.Problem{Reason: r} }
