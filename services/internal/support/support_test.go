package support_test

import (
	"testing"

	"github.com/propusk-id/propusk/services/internal/support"
)

func TestContactsInWords(t *testing.T) {
	all := support.Contacts{Phone: "8 800 100-70-10", Email: "help@example.ru", HoursRu: "круглосуточно", HoursEn: "24 hours"}
	long := support.Contacts{Email: "a-rather-long-name@support.example.ru"}
	for _, c := range []struct {
		contacts        support.Contacts
		ru, en, sms, to string
	}{
		{all, "8 800 100-70-10, help@example.ru (круглосуточно)", "8 800 100-70-10, help@example.ru (24 hours)", "8 800 100-70-10", "88001007010"},
		{support.Contacts{Phone: "+7 (495) 111-22-33"}, "+7 (495) 111-22-33", "+7 (495) 111-22-33", "+7 (495) 111-22-33", "+74951112233"},
		{support.Contacts{Email: "help@example.ru"}, "help@example.ru", "help@example.ru", "help@example.ru", ""},
		{long, long.Email, long.Email, "", ""},
		{support.Contacts{}, "", "", "", ""},
	} {
		if ru, en := c.contacts.Line("ru"), c.contacts.Line("en"); ru != c.ru || en != c.en {
			t.Errorf("%v: %q and %q", c.contacts, ru, en)
		}
		if sms, to := c.contacts.Short(), c.contacts.Tel(); sms != c.sms || to != c.to {
			t.Errorf("%v: by SMS %q, dialled %q", c.contacts, sms, to)
		}
		if c.contacts.Any() != (c.ru != "") {
			t.Errorf("%v: any is %v", c.contacts, c.contacts.Any())
		}
	}
}
