package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// ClaimView is one claim that a partner would get.
type ClaimView struct {
	Claim string
	// Value is what would be given; empty: the account lacks it.
	Value string
	// Voluntary: it may be kept back. Declined: it was before.
	Voluntary, Declined bool
}

// offered are the claims that the scopes would give, by scope. They are made as userinfo makes them: what a person agrees to is
// what the partner gets.
func (a *App) offered(ctx context.Context, v InteractionView, s domain.Session) (map[string][]ClaimView, error) {
	claims, scopes := Claims{}, v.Interaction.Request.Scopes
	if hasAny(scopes, domain.Profile) {
		claims.set(domain.Locale, s.Language)
	}
	if err := a.addContacts(ctx, claims, scopes, s.AccountID, s.Language); err != nil {
		return nil, err
	}
	if err := a.addCard(ctx, claims, scopes, s.AccountID); err != nil {
		return nil, err
	}
	out := map[string][]ClaimView{}
	for _, scope := range scopes {
		for _, claim := range domain.ClaimsOf([]string{scope}) {
			if slices.Contains(v.Interaction.Request.Withheld, claim) {
				continue
			}
			out[scope] = append(out[scope], ClaimView{
				Claim: claim, Value: claims.shown(claim), Voluntary: slices.Contains(v.Client.VoluntaryClaims, claim),
				Declined: slices.Contains(v.Consent.Declined, claim),
			})
		}
	}
	return out, nil
}

// shown is a claim as a person reads it, on one line.
func (c Claims) shown(claim string) string {
	switch value := c[claim].(type) {
	case string:
		return value
	case Claims:
		if claim == domain.AddressData {
			return value.shown("formatted")
		}
		return value.printed()
	default:
		return ""
	}
}

// printed is an identity document on one line, as documents themselves write dates.
func (c Claims) printed() string {
	return identifiers.JoinNonEmpty(", ",
		strings.TrimSpace(c.shown("series")+" "+c.shown("number")), printedDate(c.shown("issue_date")), c.shown("issued_by"),
		c.shown("issue_code"))
}

func printedDate(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("02.01.2006")
}
