package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
	"github.com/propusk-id/propusk/services/internal/i18n"
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

// TestWhatIsMalformedIsSaidOfEachField wants words of its own for every member that has to be written in some way: "check how
// it is written" helps nobody who does not know how.
func TestWhatIsMalformedIsSaidOfEachField(t *testing.T) {
	checked := 0
	for _, m := range contract.Methods() {
		eachText(m.Input(), "", func(path string, f protoreflect.FieldDescriptor) {
			if format, _ := proto.GetExtension(f.Options(), optionsv1.E_Format).(optionsv1.Format); !slices.Contains(written(), format) {
				return
			}
			checked++
			for _, language := range []string{"ru", "en"} {
				l := i18n.For(language)
				_, general := l.Reason(errorsv1.Reason_FIELD_MALFORMED, nil)
				if l.FieldReason(path, errorsv1.Reason_FIELD_MALFORMED, nil) == general {
					t.Errorf("%s: in %s nothing says how %s is written", m.Name(), language, path)
				}
			}
		})
	}
	if checked < 15 {
		t.Errorf("only %d fields were found", checked)
	}
}

// written are the formats that people can miss.
func written() []optionsv1.Format {
	return []optionsv1.Format{
		optionsv1.Format_DATE, optionsv1.Format_EMAIL_ADDRESS, optionsv1.Format_PHONE_NUMBER, optionsv1.Format_SNILS,
		optionsv1.Format_COUNTRY, optionsv1.Format_PASSPORT_SERIES, optionsv1.Format_PASSPORT_NUMBER, optionsv1.Format_PASSPORT_ISSUE_CODE,
		optionsv1.Format_POSTAL_CODE, optionsv1.Format_SMS_CODE, optionsv1.Format_FIELD_MASK,
	}
}

// eachText visits the fields that callers send, by their paths in the contract.
func eachText(d protoreflect.MessageDescriptor, prefix string, visit func(string, protoreflect.FieldDescriptor)) {
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		path := prefix + string(f.Name())
		if contract.FilledWith(f) != 0 || contract.OutputOnly(f) {
			continue
		}
		visit(path, f)
		if f.Message() != nil && f.Message().ParentFile().Package() != "google.protobuf" {
			eachText(f.Message(), path+".", visit)
		}
	}
}

// A rule is told by the same words while the password is typed and when it is refused.
func TestAPasswordsRulesAreToldAlike(t *testing.T) {
	for _, language := range []string{"ru", "en"} {
		ctx := rpc.WithRequest(context.Background(), rpc.Request{Language: language})
		judged := &accountv1.CheckPasswordResponse{Violations: []*accountv1.PasswordViolation{
			{Code: "PASSWORD_TOO_SHORT", Limit: 8}, {Code: "PASSWORD_TOO_LONG", Limit: 128}, {Code: "PASSWORD_COMMON"},
		}}
		rest.Explain(ctx, judged)
		e := errs.New(errorsv1.Reason_VALIDATION_FAILED, "the password breaks the policy").With("min", 8).With("max", 128)
		for _, v := range judged.GetViolations() {
			e.Fields = append(e.Fields, errs.Field{Name: "password", Reason: errs.Reason(errorsv1.Reason_value[v.GetCode()])})
		}
		for i, refused := range rest.Problem(e, language, "/", "").Errors {
			if got := judged.GetViolations()[i].GetDetail(); got != refused.Detail {
				t.Errorf("%s is %q, and %q when it is refused", refused.Code, got, refused.Detail)
			}
		}
	}
}
