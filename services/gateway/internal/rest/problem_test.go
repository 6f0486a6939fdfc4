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
	e := errs.New(errorsv1.Reason_VALIDATION_FAILED, "the password breaks the policy").With("min", 8).With("max", 128)
	e.Fields = errs.Fields{
		{Name: "password", Reason: errorsv1.Reason_PASSWORD_TOO_SHORT}, {Name: "house", Reason: errorsv1.Reason_FIELD_TOO_LONG, Max: 50},
	}
	for language, want := range map[string][2]string{
		"ru": {"Нужно не меньше 8 знаков.", "Не больше 50 знаков."}, "en": {"At least 8 characters are needed.", "At most 50 characters."},
	} {
		r := httptest.NewRequest(http.MethodPost, "/v1/registrations/x:complete", nil)
		r = r.WithContext(rpc.WithRequest(context.Background(), rpc.Request{Language: language}))
		w := httptest.NewRecorder()
		rest.WriteProblem(w, r, e)
		var p errs.ProblemDocument
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if len(p.Errors) != 2 || p.Errors[0].Detail != want[0] || p.Errors[1].Detail != want[1] || p.Errors[0].Pointer != "/password" {
			t.Errorf("%s: %+v, want %q", language, p.Errors, want)
		}
	}
}

// A program's front end shows people the sentences of the pages.
func TestFieldsSpeakAsThePagesDo(t *testing.T) {
	for _, c := range []struct {
		path, field string
		reason      errs.Reason
		ru, en      string
	}{
		{"/v1/me/person", "person.birth_date", errorsv1.Reason_FIELD_REQUIRED, "Введите дату рождения.", "Enter your date of birth."},
		{"/v1/registrations", "last_name", errorsv1.Reason_FIELD_REQUIRED, "Введите фамилию.", "Enter your last name."},
		{"/v1/me/person", "person.snils", errorsv1.Reason_FIELD_CHECKSUM, "В номере СНИЛС опечатка: проверьте каждую цифру.", "The SNILS has a typing mistake: check every digit."},
		{"/v1/me/addresses", "address.type", errorsv1.Reason_FIELD_REQUIRED, "Выберите, какой это адрес.", "Select which address this is."},
		{"/v1/me/documents", "document.type", errorsv1.Reason_FIELD_REQUIRED, "Выберите, какой это документ.", "Select which document this is."},
		{"/v1/me/documents", "page_size", errorsv1.Reason_FIELD_OUT_OF_RANGE, "На странице может быть от 1 до 100 записей.", "A page has from 1 to 100 entries."},
	} {
		e, _ := errs.As(errs.Fields{{Name: c.field, Reason: c.reason, Max: 100}}.Err())
		for language, want := range map[string]string{"ru": c.ru, "en": c.en} {
			r := httptest.NewRequest(http.MethodPost, c.path, nil)
			r = r.WithContext(rpc.WithRequest(context.Background(), rpc.Request{Language: language}))
			w := httptest.NewRecorder()
			rest.WriteProblem(w, r, e)
			var p errs.ProblemDocument
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			if len(p.Errors) != 1 || p.Errors[0].Detail != want || p.Errors[0].Limit != 100 {
				t.Errorf("%s %s: %+v, want %q", c.field, language, p.Errors, want)
			}
		}
	}
}
