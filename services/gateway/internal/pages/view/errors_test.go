package view_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

func TestProblemsOfFields(t *testing.T) {
	var fields errs.Fields
	fields.Add("person.birth_date", errorsv1.Reason_DATE_IN_FUTURE)
	fields.Add("phone", errorsv1.Reason_FIELD_REQUIRED)
	err, _ := errs.As(fields.Err())
	got := view.Problems(err, "ignored")
	want := []view.FieldError{
		{Field: "person.birth_date", Reason: errorsv1.Reason_DATE_IN_FUTURE, Params: map[string]string{}},
		{Field: "phone", Reason: errorsv1.Reason_FIELD_REQUIRED, Params: map[string]string{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestProblemsOfARefusalGoToTheGivenField(t *testing.T) {
	err := errs.New(errs.Unprocessable, errorsv1.Reason_CODE_WRONG, "wrong").With("attempts", 3).After(1500 * time.Millisecond)
	got := view.Problems(err, "code")
	want := []view.FieldError{{Field: "code", Reason: errorsv1.Reason_CODE_WRONG, Params: map[string]string{"attempts": "3", "Seconds": "2"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWhatCannotBeReadIsToldHowToWrite(t *testing.T) {
	for field, want := range map[string]string{
		"postal_code": "A postal code has 6 digits.", "type": "Check how the value is written.",
		"street": "Use Russian or Latin letters, digits and the usual punctuation.",
	} {
		page := failing(signedIn("en", "/cabinet/letter"), wrong(field, errorsv1.Reason_FIELD_MALFORMED))
		if text := render(t, view.LetterOrder{Page: page}); strings.Count(text, want) != 2 {
			t.Errorf("%s: %q is not in the summary and at the field", field, want)
		}
	}
}

func TestWhoIsTooLowLearnsEveryStepUp(t *testing.T) {
	const standard, confirmed = "Enter your passport", "Get a registered letter"
	for current, want := range map[string][2]bool{"SIMPLIFIED": {true, true}, "STANDARD": {false, true}, "CONFIRMED": {}} {
		text := render(t, view.LevelTooLow{Page: signedIn("en", "/interactions/7"), Required: "CONFIRMED", Current: current})
		got := [2]bool{strings.Contains(text, standard), strings.Contains(text, confirmed)}
		if got != want {
			t.Errorf("%s: the steps shown are %v", current, got)
		}
	}
}

// What people type comes back into the form as text, never as markup; a password never comes back.
func TestTypedValuesAreEscaped(t *testing.T) {
	text := render(t, view.SignIn{Page: blank("en", `/sign-in?x="><script>`), Login: `"><script>alert(1)</script>`})
	if strings.Contains(text, "<script>") {
		t.Error("markup got through")
	}
}

func TestOnlyAVerificationThatRunsRefreshesItself(t *testing.T) {
	page := signedIn("en", "/cabinet/verification/1")
	for state, want := range map[string]bool{"PENDING": true, "MATCHED": false, "NOT_MATCHED": false, "EXPIRED": false} {
		text := render(t, view.Verification{Page: page, State: state})
		if got := strings.Contains(text, `http-equiv="refresh"`); got != want {
			t.Errorf("%s: refresh = %v", state, got)
		}
		if got := strings.Contains(text, "<propusk-poll"); got != want {
			t.Errorf("%s: poll = %v", state, got)
		}
	}
}

func TestADeadCodeCannotBeEntered(t *testing.T) {
	page := blank("en", "/sign-up/1")
	for dead, want := range map[bool]bool{true: false, false: true} {
		text := render(t, view.EnterCode{Page: page, Dead: dead})
		if got := strings.Contains(text, `name="code"`); got != want {
			t.Errorf("dead %v: code field = %v", dead, got)
		}
		if !strings.Contains(text, `value="resend"`) {
			t.Errorf("dead %v: no way to a new code", dead)
		}
	}
}

func TestLockedDataHasNoForm(t *testing.T) {
	for state, want := range map[string]bool{"UNVERIFIED": true, "PENDING": false, "VERIFIED": false} {
		text := render(t, view.Person{Page: signedIn("en", "/cabinet/person"), State: state, LastName: "Petrova"})
		if got := strings.Contains(text, "<form"); got != want {
			t.Errorf("%s: form = %v", state, got)
		}
		if !strings.Contains(text, "Petrova") {
			t.Errorf("%s: the data is not shown", state)
		}
	}
}
