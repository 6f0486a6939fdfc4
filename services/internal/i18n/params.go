package i18n

import (
	"strconv"

	"github.com/propusk-id/propusk/pkg/errs"
)

// ParamSeconds is how long to wait, in whole seconds.
const ParamSeconds = "Seconds"

// FieldParams are those of one wrong field of a refusal: the refusal's and the limit that the field exceeds.
func FieldParams(err *errs.Error, f errs.Field) map[string]string {
	params := Params(err)
	if f.Max > 0 {
		params["max"] = strconv.Itoa(f.Max)
	}
	return params
}

// Params are a refusal's text parameters, with Seconds from RetryAfter, rounded up.
func Params(err *errs.Error) map[string]string {
	params := make(map[string]string, len(err.Params)+1)
	for name, value := range err.Params {
		params[name] = value
	}
	if s := int64((err.RetryAfter + 999_999_999) / 1_000_000_000); s > 0 {
		params[ParamSeconds] = strconv.FormatInt(s, 10)
	}
	return params
}
