package i18n

import (
	"strconv"

	"github.com/propusk-id/propusk/pkg/errs"
)

const (
	// ParamSeconds is how long to wait, in whole seconds.
	ParamSeconds = "Seconds"
	// ParamAttempts is how many attempts are left.
	ParamAttempts = "Attempts"
)

// FieldParams are those of one wrong field of a refusal: the refusal's and the limit that the field exceeds.
func FieldParams(err *errs.Error, f errs.Field) map[string]string {
	params := Params(err)
	if f.Max > 0 {
		params["max"] = strconv.Itoa(f.Max)
	}
	return params
}

// Params are a refusal's text parameters, with those that are numbers of its own.
func Params(err *errs.Error) map[string]string {
	params := make(map[string]string, len(err.Params)+2)
	for name, value := range err.Params {
		params[name] = value
	}
	if s := err.RetrySeconds(); s > 0 {
		params[ParamSeconds] = strconv.Itoa(s)
	}
	if err.AttemptsLeft != nil {
		params[ParamAttempts] = strconv.Itoa(*err.AttemptsLeft)
	}
	return params
}
