package components_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
)

func TestProblemsOfFields(t *testing.T) {
	var fields errs.Fields
	fields.Add("person.birth_date", errorsv1.Reason_DATE_IN_FUTURE)
	fields.Add("phone", errorsv1.Reason_FIELD_REQUIRED)
	err, _ := errs.As(fields.Err())
	got := components.Problems(err, "ignored")
	want := []components.FieldError{
		{Field: "person.birth_date", Reason: errorsv1.Reason_DATE_IN_FUTURE, Params: map[string]string{}},
		{Field: "phone", Reason: errorsv1.Reason_FIELD_REQUIRED, Params: map[string]string{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestProblemsOfARefusalGoToTheGivenField(t *testing.T) {
	err := errs.New(errs.Unprocessable, errorsv1.Reason_CODE_WRONG, "wrong").With("attempts", 3).After(1500 * time.Millisecond)
	got := components.Problems(err, "code")
	want := []components.FieldError{{Field: "code", Reason: errorsv1.Reason_CODE_WRONG, Params: map[string]string{"attempts": "3", "Seconds": "2"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t)
	pagetest.Check(t, func(lang string) []pagetest.Sample {
		return []pagetest.Sample{{Name: "onward", View: components.Onward{Page: site.Blank(lang, "/sign-in"), URL: "/interactions/7"}}}
	})
}
