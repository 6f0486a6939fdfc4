package errs

import errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"

const (
	reasonValidation = errorsv1.Reason_VALIDATION_FAILED
	reasonMalformed  = errorsv1.Reason_FIELD_MALFORMED
)
