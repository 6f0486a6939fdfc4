package domain

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// The bounds of a client's settings; lengths in characters.
const (
	minClientID  = 3
	maxClientID  = 64
	maxName      = 200
	maxPurpose   = 500
	maxContact   = 200
	maxURIs      = 100
	maxAudiences = 20
	maxRate      = 1_000_000
	// MaxSecrets is how many secrets a client has at once.
	MaxSecrets = 5
)

// Check refuses a client that could not work or would be unsafe, and says all that is wrong with it by the names of the contract:
// "redirect_uris[1]". Every way in uses it. The client has its defaults.
func (c Client) Check() error {
	w := wrong{}
	c.checkIdentity(&w)
	c.checkAuthentication(&w)
	c.checkAddresses(&w)
	c.checkLogout(&w)
	c.checkData(&w)
	c.checkTokens(&w)
	c.checkPolicy(&w)
	return w.Err()
}

// wrong collects what is wrong.
type wrong struct{ errs.Fields }

func (w *wrong) malformed(when bool, field string) {
	w.when(when, field, errorsv1.Reason_FIELD_MALFORMED)
}

func (w *wrong) when(when bool, field string, reason errorsv1.Reason) {
	if when {
		w.Add(field, reason)
	}
}

func (w *wrong) long(text string, limit int, field string) {
	if utf8.RuneCountInString(text) > limit {
		w.Check(field, errs.Problem{Reason: errorsv1.Reason_FIELD_TOO_LONG, Max: limit})
	}
}

func (w *wrong) many(list []string, limit int, field string) {
	if len(list) > limit {
		w.Check(field, errs.Problem{Reason: errorsv1.Reason_FIELD_OUT_OF_RANGE, Max: limit})
	}
}

// each notes the places of a list where something is wrong, and where something is repeated.
func (w *wrong) each(list []string, field string, bad func(string) bool, reason errorsv1.Reason) {
	for i, s := range list {
		place := fmt.Sprintf("%s[%d]", field, i)
		w.when(bad(s), place, reason)
		w.when(slices.Contains(list[:i], s), place, errorsv1.Reason_FIELD_REPEATED)
	}
}

func (c Client) checkIdentity(w *wrong) {
	w.malformed(len(c.ID) < minClientID || !ValidClientID(c.ID), "client_id")
	for _, lang := range Languages() {
		w.when(strings.TrimSpace(c.Names[lang]) == "", "names."+lang, errorsv1.Reason_FIELD_REQUIRED)
		w.long(c.Names[lang], maxName, "names."+lang)
		w.malformed(hasControls(c.Names[lang]), "names."+lang)
	}
	w.texts(c.Names, "names", func(key string) bool { return slices.Contains(Languages(), key) })
	w.long(c.Contact, maxContact, "contact")
	w.malformed(hasControls(c.Contact), "contact")
	w.malformed(c.LogoURI != "" && (unsafeURI(c.LogoURI) || !strings.HasPrefix(c.LogoURI, "https:")), "logo_uri")
	w.when(c.RequestsPerMinute < 0 || c.RequestsPerMinute > maxRate, "requests_per_minute", errorsv1.Reason_FIELD_OUT_OF_RANGE)
}

// texts notes keys that there are not.
func (w *wrong) texts(texts map[string]string, field string, known func(key string) bool) {
	for key := range texts {
		w.when(!known(key), field+"."+strings.ToValidUTF8(key, "?"), errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
}

func hasControls(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// checkAuthentication wants a public client to have no way to authenticate, and every other one that works.
func (c Client) checkAuthentication(w *wrong) {
	known := []string{AuthNone, AuthSecretBasic, AuthSecretPost, AuthPrivateKeyJWT}
	switch {
	case !slices.Contains(known, c.AuthMethod):
		w.Add("auth_method", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	case c.Public() != (c.AuthMethod == AuthNone):
		w.Add("auth_method", errorsv1.Reason_MISMATCH)
	}
	w.when(c.Public() && c.PKCE != PKCERequired, "pkce", errorsv1.Reason_MISMATCH)
	w.when(c.AuthMethod == AuthPrivateKeyJWT && c.JWKS == "", "jwks", errorsv1.Reason_FIELD_REQUIRED)
	if c.JWKS != "" {
		_, err := c.VerificationKeys()
		w.malformed(err != nil, "jwks")
	}
	w.when(!c.UsesSecret() && len(c.Secrets) > 0, "secrets", errorsv1.Reason_MISMATCH)
	if len(c.Secrets) > MaxSecrets {
		w.Check("secrets", errs.Problem{Reason: errorsv1.Reason_FIELD_OUT_OF_RANGE, Max: MaxSecrets})
	}
}

func (c Client) checkAddresses(w *wrong) {
	w.when(len(c.RedirectURIs) == 0 && c.MayUse(GrantCode), "redirect_uris", errorsv1.Reason_FIELD_REQUIRED)
	w.many(c.RedirectURIs, maxURIs, "redirect_uris")
	w.many(c.PostLogoutRedirectURIs, maxURIs, "post_logout_redirect_uris")
	w.each(c.RedirectURIs, "redirect_uris", c.unsafeRedirect, errorsv1.Reason_FIELD_MALFORMED)
	w.each(c.PostLogoutRedirectURIs, "post_logout_redirect_uris", c.unsafeRedirect, errorsv1.Reason_FIELD_MALFORMED)
	w.when(c.LocalhostRedirects && !c.Public(), "localhost_redirects", errorsv1.Reason_MISMATCH)
	c.checkSector(w)
	c.checkStart(w)
}

// checkSector wants one host for the pairwise `sub`, or to be told which.
func (c Client) checkSector(w *wrong) {
	switch {
	case c.SectorIdentifierURI != "":
		w.malformed(unsafeURI(c.SectorIdentifierURI) || !strings.HasPrefix(c.SectorIdentifierURI, "https:"), "sector_identifier_uri")
	case !c.PublicSubject && len(c.hosts()) > 1:
		w.Add("redirect_uris", errorsv1.Reason_MISMATCH)
	}
}

// checkStart wants the way back to lead where answers go: people are told its host.
func (c Client) checkStart(w *wrong) {
	switch {
	case c.StartURL == "":
	case unsafeURI(c.StartURL):
		w.Add("start_url", errorsv1.Reason_FIELD_MALFORMED)
	case !slices.Contains(c.Origins(), Origin(c.StartURL)):
		w.Add("start_url", errorsv1.Reason_MISMATCH)
	}
}

// checkLogout wants a frame to be on a site that answers go to (Front-Channel Logout §2), and no fragment in either address.
func (c Client) checkLogout(w *wrong) {
	if uri := c.Frontchannel.URI; uri != "" {
		w.malformed(c.unsafeWeb(uri), "frontchannel_logout_uri")
		w.when(!slices.Contains(c.Origins(), Origin(uri)), "frontchannel_logout_uri", errorsv1.Reason_MISMATCH)
	}
	if uri := c.Backchannel.URI; uri != "" {
		w.malformed(c.unsafeWeb(uri), "backchannel_logout_uri")
	}
}

func (c Client) checkData(w *wrong) {
	unknown := func(known []string) func(string) bool {
		return func(s string) bool { return !slices.Contains(known, s) }
	}
	w.each(c.Scopes, "scopes", unknown(Scopes()), errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	w.each(c.VoluntaryClaims, "voluntary_claims", unknown(ClaimsOf(c.Scopes)), errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	for field, texts := range map[string]map[string]string{"purposes": c.Purposes, "legal_bases": c.LegalBases} {
		w.texts(texts, field, purposeKey)
		for key, text := range texts {
			w.long(text, maxPurpose, field+"."+strings.ToValidUTF8(key, "?"))
			w.malformed(hasControls(text), field+"."+strings.ToValidUTF8(key, "?"))
		}
	}
}

// purposeKey is a scope and a language: "snils.ru".
func purposeKey(key string) bool {
	scope, lang, _ := strings.Cut(key, ".")
	return slices.Contains(Scopes(), scope) && slices.Contains(Languages(), lang)
}

func (c Client) checkTokens(w *wrong) {
	known := []string{GrantCode, GrantRefresh, GrantClientCredentials}
	w.each(c.GrantTypes, "grant_types", func(s string) bool { return !slices.Contains(known, s) }, errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	w.when(c.Public() && c.MayUse(GrantClientCredentials), "grant_types", errorsv1.Reason_MISMATCH) // RFC 6749 §4.4
	w.when(!slices.Contains(SigningAlgs(), c.IDTokenAlg), "id_token_alg", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	w.when(c.UserinfoAlg != "" && !slices.Contains(SigningAlgs(), c.UserinfoAlg), "userinfo_alg", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	w.many(c.Audiences, maxAudiences, "audiences")
	w.each(c.Audiences, "audiences", badResource, errorsv1.Reason_FIELD_MALFORMED)
}

func (c Client) checkPolicy(w *wrong) {
	w.each(c.Policy.ConfirmationMethods, "policy.confirmation_methods", func(s string) bool {
		return !slices.Contains(ConfirmationMethods(), s)
	}, errorsv1.Reason_FIELD_UNKNOWN_VALUE)
}
