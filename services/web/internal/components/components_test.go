package components_test

import (
	"reflect"
	"strings"
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
	err := errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(3).After(1500 * time.Millisecond)
	got := components.Problems(err, "code")
	want := []components.FieldError{{Field: "code", Reason: errorsv1.Reason_CODE_WRONG, Params: map[string]string{"Attempts": "3", "Seconds": "2"}}}
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

func TestEveryPart(t *testing.T) {
	site := pagetest.New(t)
	pagetest.Check(t, func(lang string) []pagetest.Sample {
		page := pagetest.Failing(site.SignedIn(lang, "/parts"),
			pagetest.Wrong("birth_date", errorsv1.Reason_FIELD_REQUIRED), pagetest.Wrong("last_name", errorsv1.Reason_NAME_MIXED_ALPHABETS),
			pagetest.Wrong("gender", errorsv1.Reason_FIELD_REQUIRED), pagetest.Wrong("citizenship", errorsv1.Reason_FIELD_UNKNOWN_VALUE),
			pagetest.Wrong("snils", errorsv1.Reason_FIELD_CHECKSUM))
		return []pagetest.Sample{
			{Name: "components", View: gallery{page}},
			{Name: "components-panel", View: panel{site.SignedIn(lang, "/done")}},
			{Name: "components-forms", View: forms{site.SignedIn(lang, "/cabinet")}},
		}
	})
}

// Links and buttons that say the same to the eye have names of their own.
func TestChangeLinksNameWhatTheyChange(t *testing.T) {
	site := pagetest.New(t)
	text := pagetest.Render(t, gallery{site.Blank("en", "/parts")})
	for _, want := range []string{"Фамилия", "Дата рождения"} {
		if strings.Count(text, `Change <span class="hidden-text">: `+want+`</span>`) != 1 {
			t.Errorf("the way to change %q is not named once", want)
		}
	}
	if strings.Contains(text, "⟦") || !strings.Contains(text, "Not provided") {
		t.Error("an answer that was not given is not shown as such")
	}
}

// The state of a task is read with its link.
func TestTasksAreDescribedByTheirState(t *testing.T) {
	text := pagetest.Render(t, gallery{pagetest.New(t).Blank("en", "/parts")})
	if !strings.Contains(text, `aria-describedby="todo-2-status"`) || !strings.Contains(text, `<div id="todo-2-status"><strong class="tag tag-todo">`) {
		t.Error("the second task is not described by its state")
	}
}

// What the installation made comes into a password's field; what somebody typed never does.
func TestAPasswordThatWasTypedNeverComesBack(t *testing.T) {
	page := pagetest.New(t).Blank("en", "/parts")
	made := components.Input{Name: "password", Kind: "password", Value: "Vesna-7-Gory", Made: true}
	if got := page.Attributes(made)["value"]; got != "Vesna-7-Gory" {
		t.Errorf("the made one is %v", got)
	}
	made.Made = false
	if got, there := page.Attributes(made)["value"]; there {
		t.Errorf("the typed one is %v", got)
	}
}

// Forms about several things of a kind post to where these are changed, each under a key of its own and for its person.
func TestEachFormOfAListActsByItself(t *testing.T) {
	page := pagetest.New(t).SignedIn("en", "/cabinet")
	page.Owner = "sealed"
	text := pagetest.Render(t, forms{page})
	for _, key := range []string{page.IdempotencyKey + "-one", page.IdempotencyKey + "-two"} {
		if strings.Count(text, `value="`+key+`"`) != 1 {
			t.Errorf("the key %s is not there once", key)
		}
	}
	if strings.Count(text, `action="/partners"`) != 2 || strings.Count(text, `name="owner" value="sealed"`) != 2 {
		t.Errorf("%s", text)
	}
}
