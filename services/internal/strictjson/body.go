package strictjson

import (
	"errors"
	"io"
	"net/http"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Body reads what a request's body has, which [http.MaxBytesReader] bounds.
func Body(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(r)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errs.Wrap(err, errorsv1.Reason_PAYLOAD_TOO_LARGE, "the body is too large")
	case err != nil:
		return nil, errs.Wrap(err, errorsv1.Reason_REQUEST_MALFORMED, "the body ends too early")
	}
	return body, nil
}
