// Package forward puts the refusals of services that answer by HTTP themselves into the gateway's form: so they need
// know neither our words nor our looks.
package forward

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Refusals hands requests on to h, and has show answer where h answers with a problem document.
func Refusals(h http.Handler, show func(http.ResponseWriter, *http.Request, *errs.Error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &catcher{ResponseWriter: w}
		h.ServeHTTP(c, r)
		if c.status != 0 {
			w.Header().Del("Content-Length")
			show(w, r, c.refusal())
		}
	})
}

// catcher keeps a problem document back; anything else passes.
type catcher struct {
	http.ResponseWriter
	// status is that of a problem document; 0: it is something else.
	status int
	body   bytes.Buffer
}

// WriteHeader decides by the content type.
func (c *catcher) WriteHeader(status int) {
	if c.Header().Get("Content-Type") == "application/problem+json" {
		c.status = status
		return
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write keeps or passes on.
func (c *catcher) Write(data []byte) (int, error) {
	if c.status != 0 {
		return c.body.Write(data)
	}
	return c.ResponseWriter.Write(data)
}

// FlushError sends what streams on; what is kept back is not begun by it.
func (c *catcher) FlushError() error {
	if c.status != 0 {
		return nil
	}
	return http.NewResponseController(c.ResponseWriter).Flush()
}

// Unwrap lets what streams reach the connection.
func (c *catcher) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// refusal is what the document says; one that cannot be read has the status only.
func (c *catcher) refusal() *errs.Error {
	var problem errs.ProblemDocument
	_ = json.Unmarshal(c.body.Bytes(), &problem)
	e := errs.New(reasonOf(problem.Code), problem.Detail)
	e.Kind = errs.KindOfStatus(c.status)
	for _, f := range problem.Errors {
		e.Fields = append(e.Fields, errs.Field{
			Name: nameOf(f.Pointer), Pointer: f.Pointer, Reason: reasonOf(f.Code), Max: f.Limit, Pattern: f.Pattern,
		})
	}
	e.AttemptsLeft = problem.AttemptsLeft
	seconds, _ := strconv.Atoi(c.Header().Get("Retry-After"))
	return e.After(time.Duration(seconds) * time.Second)
}

// nameOf is the member that a pointer leads to, as the texts of fields know it: page_size of /pageSize.
func nameOf(pointer string) string {
	var name strings.Builder
	for _, r := range pointer[strings.LastIndexByte(pointer, '/')+1:] {
		if r >= 'A' && r <= 'Z' {
			name.WriteByte('_')
		}
		name.WriteRune(unicode.ToLower(r))
	}
	return name.String()
}

func reasonOf(code string) errs.Reason { return errorsv1.Reason(errorsv1.Reason_value[code]) }
