package i18n

import (
	"strconv"

	"github.com/propusk-id/propusk/pkg/errs"
)

// Params are a refusal's text parameters, with Seconds from RetryAfter, rounded up.
func Params(err *errs.Error) map[string]string {
	params := make(map[string]string, len(err.Params)+1)
	for name, value := range err.Params {
		params[name] = value
	}
	if s := int64((err.RetryAfter + 999_999_999) / 1_000_000_000); s > 0 {
		params["Seconds"] = strconv.FormatInt(s, 10)
	}
	return params
}
