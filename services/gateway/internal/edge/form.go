package edge

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// checkForm reads a form, which is small, and refuses it as a query is refused. JSON is checked as it is read, and a form with a
// file by the page that takes it.
func checkForm(r *http.Request, takesFiles bool) error {
	// With parameters that cannot be read there is a media type still, and net/http goes by it.
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case media == "multipart/form-data" && takesFiles:
		return nil
	case strings.HasPrefix(media, "multipart/"): // no other page sends one
		return errs.New(errorsv1.Reason_UNSUPPORTED_MEDIA_TYPE, "multipart bodies are not taken")
	case media != "application/x-www-form-urlencoded":
		return nil
	}
	form, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return errs.Wrap(err, errorsv1.Reason_PAYLOAD_TOO_LARGE, "the body is too large")
	case err != nil:
		return errs.Wrap(err, errorsv1.Reason_CANCELED, "the body has not come to its end")
	}
	r.Body = io.NopCloser(bytes.NewReader(form))
	return boot.CheckForm(string(form))
}
