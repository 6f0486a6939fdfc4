package allinone_test

import (
	"errors"
	"net/url"
	"regexp"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const exampleEmail = "anna.voronina@example.ru"

// addEmail adds an email address, proven by its second code.
func (d *demonstration) addEmail() {
	id := "contactId=" + text(d.call("addContact", fields{"kind": "EMAIL", "value": exampleEmail}), "id")
	d.emailCode()
	d.call("resendContactCode", fields{}, id)
	d.call("verifyContact", fields{"code": d.emailCode()}, id)
}

// emailCode waits for an email with a code that was not there before.
func (d *demonstration) emailCode() string {
	d.t.Helper()
	return d.newCode(exampleEmail, "EMAIL")
}

// newCode waits for a message with a code that was not there before.
func (d *demonstration) newCode(to, channel string) string {
	d.t.Helper()
	var code string
	d.eventually("a code", func() error {
		var page struct{ Messages []struct{ ID, Code string } }
		query := url.Values{"to": {to}, "channel": {channel}}
		if err := d.read("/sandbox/v1/messages?"+query.Encode(), &page); err != nil {
			return err
		}
		for _, m := range page.Messages {
			if m.Code != "" && !d.seen[m.ID] {
				code, d.seen[m.ID] = m.Code, true
				return nil
			}
		}
		return errors.New("no new one")
	})
	return code
}

// contactID is that of the email address as the account has it.
func (d *demonstration) contactID() string {
	list, _ := d.call("listContacts", nil)["contacts"].([]any)
	for _, c := range list {
		if c, _ := c.(fields); c["value"] == exampleEmail {
			return text(c, "id")
		}
	}
	d.t.Fatal("the account has no email address")
	return ""
}

func (d *demonstration) changePassword() {
	const other = "Zx9?rT-4bN"
	d.call("changePassword", fields{"currentPassword": journey.Password, "newPassword": other})
	d.call("changePassword", fields{"currentPassword": other, "newPassword": journey.Password})
}

// claimEmail claims the email address as somebody else; the person stops it, and another claim takes the address.
func (d *demonstration) claimEmail() {
	claim := func() fields {
		token := d.call("createContactClaim", fields{"kind": "EMAIL", "value": exampleEmail})["claimToken"]
		d.emailCode()
		d.call("sendContactClaimCode", fields{"claimToken": token})
		d.call("verifyContactClaim", fields{"claimToken": token, "code": d.emailCode()})
		return fields{"claimToken": token}
	}
	claim()
	d.call("cancelContactClaim", fields{"cancelToken": d.link(examplePhone, "SMS", "/contacts/cancel?claim=")})
	other := claim()
	d.refused("CLAIM_WAITING", "completeContactClaim", other)
	d.wait("CLAIM_WAITING", "completeContactClaim", other)
	d.call("completeContactClaim", other)
}

// wait repeats a call until it is not refused with this code any more.
func (d *demonstration) wait(code, id string, body any) {
	d.t.Helper()
	o, target := d.target(id, nil)
	d.eventually("an end of "+code, func() error {
		if got := outcome(d.send(o, target, marshal(d.t, body))); got == code {
			return errors.New(got)
		}
		return nil
	})
}

// removeEmail has the email address of a confirmed account removed, which is stopped twice.
func (d *demonstration) removeEmail() {
	d.token = text(d.call("reauthenticate", fields{"password": journey.Password}), "token")
	id := "contactId=" + text(d.call("addContact", fields{"kind": "EMAIL", "value": exampleEmail}), "id")
	d.call("verifyContact", fields{"code": d.emailCode()}, id)
	id = "contactId=" + d.contactID()
	d.call("deleteContact", nil, id)
	d.call("cancelContactChange", fields{"cancelToken": d.link(exampleEmail, "EMAIL", "/contacts/cancel?token=")})
	d.call("deleteContact", nil, id)
	d.call("keepContact", fields{}, id)
}

// link waits for a message with a link that begins so, and gives its token.
func (d *demonstration) link(to, channel, beginning string) string {
	d.t.Helper()
	var value string
	d.eventually("the link", func() error {
		var page struct{ Messages []struct{ Text string } }
		query := url.Values{"to": {to}, "channel": {channel}}
		if err := d.read("/sandbox/v1/messages?"+query.Encode(), &page); err != nil {
			return err
		}
		for _, m := range page.Messages {
			if found := regexp.MustCompile(regexp.QuoteMeta(beginning) + `([\w-]+)`).FindStringSubmatch(m.Text); found != nil {
				value = found[1]
				return nil
			}
		}
		return errors.New("no such message yet")
	})
	return value
}
