package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Userinfo is what an access token is valid for.
type Userinfo struct {
	Claims Claims
	// JWT is the claims, signed, for a client that wants them so; else empty.
	JWT string
}

// Userinfo returns the claims that an access token is valid for. Its grant is looked up each time, so that a revocation
// or a sign-out takes effect at once.
func (a *App) Userinfo(ctx context.Context, token string) (Userinfo, error) {
	now := a.Now()
	access, err := a.checkAccess(token, now)
	if err != nil {
		return Userinfo{}, err
	}
	grant, client, err := a.liveGrant(ctx, access, now)
	if err != nil {
		return Userinfo{}, err
	}
	claims, err := a.personClaims(ctx, grant, strings.Fields(access.scope))
	if err != nil {
		return Userinfo{}, err
	}
	claims["sub"] = access.subject
	if err := a.userinfoOnDemand(ctx, client.ID, claims); err != nil {
		return Userinfo{}, err
	}
	out := Userinfo{Claims: claims}
	if client.UserinfoAlg == "" {
		return out, nil
	}
	signed := jwt.MapClaims(claims)
	signed["iss"], signed["aud"] = a.Issuer, client.ID // OpenID Connect Core §5.3.2
	out.JWT, err = a.KeySet.Sign(client.UserinfoAlg, typeID, signed, now)
	return out, err
}

// liveGrant is the grant of an access token and its client, if both live.
func (a *App) liveGrant(ctx context.Context, t access, now time.Time) (domain.Grant, domain.Client, error) {
	grant, found, err := a.Store.Grant(ctx, t.grant)
	if err != nil {
		return grant, domain.Client{}, err
	}
	if !found || !grant.Live(now) {
		return grant, domain.Client{}, domain.ErrToken()
	}
	client, found, err := a.client(ctx, grant.ClientID)
	if err == nil && !found {
		err = domain.ErrToken()
	}
	return grant, client, err
}

// personClaims are what scopes give of a grant's person, without what the person keeps back.
func (a *App) personClaims(ctx context.Context, grant domain.Grant, scopes []string) (Claims, error) {
	claims := Claims{}
	if hasAny(scopes, domain.Profile) {
		claims.set("locale", grant.Language)
	}
	account := grant.AccountID.String()
	if err := a.addContacts(ctx, claims, scopes, account, grant.Language); err != nil {
		return nil, err
	}
	if err := a.addCard(ctx, claims, scopes, account); err != nil {
		return nil, err
	}
	claims.withhold(grant.Declined)
	return claims, nil
}

// hasAny says whether one of the wanted scopes is among the granted.
func hasAny(granted []string, wanted ...string) bool {
	return slices.ContainsFunc(wanted, func(s string) bool { return slices.Contains(granted, s) })
}

// addContacts adds what only account knows: contacts, which may change at any time, and the language, unless it is known.
func (a *App) addContacts(ctx context.Context, claims Claims, scopes []string, accountID, language string) error {
	if !hasAny(scopes, domain.Email, domain.Phone) && (language != "" || !hasAny(scopes, domain.Profile)) {
		return nil
	}
	contacts, err := a.Account.GetContacts(ctx, &accountv1.GetContactsRequest{AccountId: accountID})
	if isGone(err) {
		return domain.ErrToken()
	}
	if err != nil {
		return err
	}
	claims.contacts(scopes, contacts)
	return nil
}

// addCard adds profile's data; the proven contacts of account take precedence.
func (a *App) addCard(ctx context.Context, claims Claims, scopes []string, accountID string) error {
	parts := cardParts(scopes)
	if len(parts) == 0 {
		return nil
	}
	card, err := a.Profile.GetCard(ctx, &profilev1.GetCardRequest{
		AccountId: accountID, ReadMask: &fieldmaskpb.FieldMask{Paths: parts},
	})
	if isGone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	claims.card(scopes, card)
	return nil
}

// cardParts are the parts of a card that the scopes give claims of.
func cardParts(scopes []string) []string {
	var parts []string
	for _, p := range []struct {
		part   string
		scopes []string
	}{
		{"person", []string{domain.Profile, domain.SNILS}},
		{"documents", []string{domain.IDDoc}},
		{"addresses", []string{domain.Address}},
		{"unproven_email", []string{domain.Email}},
		{"unproven_phone", []string{domain.Phone}},
	} {
		if hasAny(scopes, p.scopes...) {
			parts = append(parts, p.part)
		}
	}
	return parts
}
