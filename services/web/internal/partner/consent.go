package partner

import (
	"slices"
	"strings"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// A claim that may be kept back is a checkbox of the first name; the second says that the page has shown it, since a box that is
// not ticked is not sent.
const (
	fieldGive  = "give_"
	fieldAsked = "asked_"
)

// keptBack are the claims whose boxes were unticked.
func keptBack(r *page.Request) []string {
	var out []string
	for name := range r.PostForm {
		if claim, ok := strings.CutPrefix(name, fieldAsked); ok && r.PostForm.Get(fieldGive+claim) == "" {
			out = append(out, claim)
		}
	}
	slices.Sort(out)
	return out
}

// consentPage shows what the partner would get and why.
func consentPage(r *page.Request, i *oidcv1.Interaction, person *profilev1.Person) Consent {
	m := Consent{
		Page: r.Page, Account: profiles.FullName(person), Level: r.Level().String(), Host: i.GetPartner().GetHost(),
		Limited: i.GetLimited(),
	}
	for _, s := range i.GetScopes() {
		item := ConsentItem{Scope: s.GetScope(), Purpose: s.GetPurpose()[r.Page.Words.Lang()], Granted: s.GetGranted(), Changed: s.GetChanged()}
		for _, c := range s.GetClaims() {
			item.Claims = append(item.Claims, ConsentClaim{
				Claim: c.GetClaim(), Value: c.GetValue(), Voluntary: c.GetVoluntary(), Given: given(r, c), Declined: c.GetDeclined(),
			})
		}
		m.Items = append(m.Items, item)
	}
	return m
}

// given says whether the box of a claim is ticked: as it was sent, else unless the claim was kept back before.
func given(r *page.Request, c *oidcv1.ClaimRequest) bool {
	if r.Typed() && r.Field(fieldAsked+c.GetClaim()) != "" {
		return r.Field(fieldGive+c.GetClaim()) != ""
	}
	return !c.GetDeclined()
}
