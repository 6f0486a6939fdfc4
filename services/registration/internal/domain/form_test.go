package domain_test

import (
	"reflect"
	"testing"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration/internal/domain"
)

func good() domain.Form {
	return domain.Form{
		LastName: " Иванов ", FirstName: "Иван", MiddleName: "Иванович",
		Phone: "8 (900) 123-45-67", Email: "Ivan@Пример.рф",
	}
}

func TestFormIsNormalised(t *testing.T) {
	card, channel, err := good().Read([]int{7})
	if err != nil {
		t.Fatal(err)
	}
	if card.LastName != "Иванов" || card.Phone != "+79001234567" || card.Email != "Ivan@xn--e1afmkfd.xn--p1ai" {
		t.Errorf("card is %+v", card)
	}
	if channel != registrationv1.Channel_SMS {
		t.Errorf("channel is %s, want SMS when a phone is given", channel)
	}
}

func TestChannelFollowsTheContacts(t *testing.T) {
	f := good()
	f.Channel = registrationv1.Channel_EMAIL
	if _, channel, err := f.Read([]int{7}); err != nil || channel != registrationv1.Channel_EMAIL {
		t.Errorf("chosen: %s, %v", channel, err)
	}
	f = good()
	f.Phone = ""
	if _, channel, err := f.Read([]int{7}); err != nil || channel != registrationv1.Channel_EMAIL {
		t.Errorf("no phone: %s, %v", channel, err)
	}
}

func TestEveryWrongFieldIsNamed(t *testing.T) {
	r := func(name string, reason errorsv1.Reason) errs.Field { return errs.Field{Name: name, Reason: reason} }
	for name, c := range map[string]struct {
		change func(f *domain.Form)
		want   []errs.Field
	}{
		"all at once": {func(f *domain.Form) {
			*f = domain.Form{FirstName: "И1", MiddleName: "Ива\u200bн", Phone: "12", Email: "x"}
		}, []errs.Field{
			r("last_name", errorsv1.Reason_FIELD_REQUIRED), r("first_name", errorsv1.Reason_NAME_CHARACTERS),
			r("middle_name", errorsv1.Reason_FIELD_MALFORMED), r("phone", errorsv1.Reason_FIELD_MALFORMED),
			r("email", errorsv1.Reason_FIELD_MALFORMED),
		}},
		"no contact": {
			func(f *domain.Form) { f.Phone, f.Email = "", "" },
			[]errs.Field{r("phone", errorsv1.Reason_CONTACT_REQUIRED)},
		},
		"SMS without a phone": {
			func(f *domain.Form) { f.Phone, f.Channel = "", registrationv1.Channel_SMS },
			[]errs.Field{r("phone", errorsv1.Reason_FIELD_REQUIRED)},
		},
		"EMAIL without an address": {
			func(f *domain.Form) { f.Email, f.Channel = "", registrationv1.Channel_EMAIL },
			[]errs.Field{r("email", errorsv1.Reason_FIELD_REQUIRED)},
		},
		"landline": {
			func(f *domain.Form) { f.Phone = "+7 495 123-45-67" },
			[]errs.Field{r("phone", errorsv1.Reason_PHONE_NOT_MOBILE)},
		},
		"another country": {
			func(f *domain.Form) { f.Phone = "+375 29 123-45-67" },
			[]errs.Field{r("phone", errorsv1.Reason_PHONE_COUNTRY)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := good()
			c.change(&f)
			_, _, err := f.Read([]int{7})
			e, ok := errs.As(err)
			if !ok || e.Reason != errorsv1.Reason_VALIDATION_FAILED || !reflect.DeepEqual(e.Fields, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}
