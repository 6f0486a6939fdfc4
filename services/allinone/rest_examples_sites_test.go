package allinone_test

import (
	"net/http"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// shareWithSites signs in at a site, sees what it got, and ends it in each way.
func (d *demonstration) shareWithSites() {
	d.logInAtSite()
	consents, _ := d.call("listConsents", nil)["consents"].([]any)
	if len(consents) != 1 {
		d.t.Fatalf("%v", consents)
	}
	client := "clientId=" + text(inside(consents[0], "site"), "clientId")
	grants, _ := d.call("listGrants", nil)["grants"].([]any)
	grant := "grantId=" + text(inside(grants[0]), "id")
	d.refused("GRANT_NOT_FOUND", "endGrant", nil, "grantId=0192d5a0-0000-7000-8000-000000000001")
	d.call("endGrant", nil, grant)
	d.refused("CONSENT_NOT_FOUND", "withdrawConsent", nil, "clientId=nobody")
	d.call("withdrawConsent", nil, client)
	d.call("updateSettings", fields{"thirdPartyAccess": "REQUIRED_ONLY"})
	d.call("updateSettings", fields{"region": "16", "newDevices": "ALLOW", "thirdPartyAccess": "AS_AGREED"})
	d.logInAtSite() // for whoever disowns it
}

func (d *demonstration) logInAtSite() {
	d.t.Helper()
	browser, err := journey.NewBrowser(d.url, http.DefaultTransport)
	if err != nil {
		d.t.Fatal(err)
	}
	p := journey.Partner{URL: d.url, HTTP: http.DefaultClient, Scopes: []string{"profile", "phone", "offline_access"}}
	if _, err := p.Login(d.t.Context(), browser, examplePhone); err != nil {
		d.t.Fatal(err)
	}
}
