package web

import (
	"mime"
	"net/http"
	"net/url"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// maxParams bounds a query or a form: room for an ID token, a long state and a long nonce.
const maxParams = 8 << 10

func errMalformed() error {
	return errs.New(errorsv1.Reason_PARTNER_REQUEST_MALFORMED, "the parameters cannot be read")
}

// params are the query of a GET or the form of a POST, never a mixture.
func params(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	if r.Method == http.MethodPost {
		return form(w, r)
	}
	if len(r.URL.RawQuery) > maxParams {
		return nil, errMalformed()
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, errMalformed()
	}
	return withoutEmpty(values), nil
}

// form is the body alone: addresses end up in logs.
func form(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, errMalformed()
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxParams)
	if err := r.ParseForm(); err != nil {
		return nil, errMalformed()
	}
	return withoutEmpty(r.PostForm), nil
}

// withoutEmpty drops parameters without a value: they count as omitted (RFC 6749 §3.1).
func withoutEmpty(values url.Values) url.Values {
	for name, v := range values {
		if len(v) == 1 && v[0] == "" {
			delete(values, name)
		}
	}
	return values
}
