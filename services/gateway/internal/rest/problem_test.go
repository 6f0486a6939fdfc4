package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
)

func TestFieldsAreExplainedWithTheirNumbers(t *testing.T) {
	e := errs.New(errs.Invalid, errorsv1.Reason_VALIDATION_FAILED, "the password breaks the policy").With("min", 8).With("max", 128)
	e.Fields = errs.Fields{{Name: "password", Reason: errorsv1.Reason_PASSWORD_TOO_SHORT}}
	for language, want := range map[string]string{"ru": "Нужно не меньше 8 знаков.", "en": "At least 8 characters are needed."} {
		r := httptest.NewRequest(http.MethodPost, "/v1/registrations/x:complete", nil)
		r = r.WithContext(rpc.WithRequest(context.Background(), rpc.Request{Language: language}))
		w := httptest.NewRecorder()
		rest.WriteProblem(w, r, e)
		var p rest.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if len(p.Errors) != 1 || p.Errors[0].Pointer != "/password" || p.Errors[0].Detail != want {
			t.Errorf("%s: %+v, want %q", language, p.Errors, want)
		}
	}
}
