package allinone_test

import (
	"encoding/json"
	"strings"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// trust has the person invite somebody, and be trusted by another.
func (d *demonstration) trust(human fields) {
	d.refused("TRUSTED_CONTACT_NOT_SET", "getTrustedContact", nil)
	d.refused("VALIDATION_FAILED", "setTrustedContact", fields{"login": examplePhone})
	d.call("setTrustedContact", fields{"login": "maria@example.ru"})
	d.call("getTrustedContact", nil)
	d.call("deleteTrustedContact", nil)
	own := d.token
	d.token = d.another(human)
	d.quietly("setTrustedContact", fields{"login": examplePhone})
	d.token = own
	list, _ := d.call("listPrincipals", nil)["principals"].([]any)
	if len(list) != 1 {
		d.t.Fatalf("principals %v", list)
	}
	principal, _ := list[0].(map[string]any)
	d.refused("PRINCIPAL_NOT_FOUND", "acceptPrincipal", fields{}, "principalId="+strings.Repeat("0", 32))
	id := "principalId=" + text(principal, "id")
	d.call("acceptPrincipal", fields{}, id)
	d.call("deletePrincipal", nil, id)
}

// another signs another person up, and in: the token.
func (d *demonstration) another(human fields) string {
	const phone = "+79161234568"
	d.token = ""
	person := inside(human, "person")
	started := d.quietly("startRegistration", fields{"lastName": person["lastName"], "firstName": person["firstName"], "phone": phone})
	id := "registrationId=" + text(started, "id")
	proven := d.quietly("verifyCode", fields{"code": d.newCode(phone, "SMS")}, id)
	d.quietly("completeRegistration", fields{"completionToken": proven["completionToken"], "password": journey.Password}, id)
	return text(d.quietly("createSession", fields{"login": phone, "password": journey.Password}), "token")
}

// quietly makes a call that is no example.
func (d *demonstration) quietly(id string, body any, params ...string) map[string]any {
	d.t.Helper()
	o, target := d.target(id, params)
	a := d.send(o, target, marshal(d.t, body))
	var out map[string]any
	if err := json.Unmarshal(a.body, &out); err != nil {
		d.t.Fatal(err)
	}
	if code := outcome(a); out["code"] == code {
		d.t.Fatalf("%s: %v", id, out)
	}
	return out
}
