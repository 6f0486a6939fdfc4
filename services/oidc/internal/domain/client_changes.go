package domain

import "reflect"

// Changes are the settings in which two clients differ, by their names in the contract and in its order. What is empty is equal,
// however it is.
func Changes(before, after Client) []string {
	var out []string
	was := before.settings()
	for i, s := range after.settings() {
		if !same(was[i].value, s.value) {
			out = append(out, s.name)
		}
	}
	return out
}

type setting struct {
	name  string
	value any
}

func (c Client) settings() []setting {
	return []setting{
		{"names", c.Names},
		{"type", c.Type},
		{"auth_method", c.AuthMethod},
		{"pkce", c.PKCE},
		{"redirect_uris", c.RedirectURIs},
		{"post_logout_redirect_uris", c.PostLogoutRedirectURIs},
		{"start_url", c.StartURL},
		{"frontchannel_logout_uri", c.Frontchannel.URI},
		{"frontchannel_logout_session_required", c.Frontchannel.Session},
		{"backchannel_logout_uri", c.Backchannel.URI},
		{"backchannel_logout_session_required", c.Backchannel.Session},
		{"grant_types", c.GrantTypes},
		{"scopes", c.Scopes},
		{"purposes", c.Purposes},
		{"legal_bases", c.LegalBases},
		{"voluntary_claims", c.VoluntaryClaims},
		{"id_token_alg", c.IDTokenAlg},
		{"id_token_claims", c.IDTokenClaims},
		{"userinfo_alg", c.UserinfoAlg},
		{"public_subject", c.PublicSubject},
		{"sector_identifier_uri", c.SectorIdentifierURI},
		{"audiences", c.Audiences},
		{"jwks", c.JWKS},
		{"policy", c.Policy},
		{"requests_per_minute", c.RequestsPerMinute},
		{"logo_uri", c.LogoURI},
		{"contact", c.Contact},
		{"localhost_redirects", c.LocalhostRedirects},
		{"disabled", c.Disabled},
		{"secrets", secretTimes(c.Secrets)},
	}
}

// secretTimes are what tells secrets apart; times are compared as instants.
func secretTimes(secrets []Secret) map[string]int64 {
	out := map[string]int64{}
	for _, s := range secrets {
		out[string(s.Hash)] = s.ExpireTime.UnixMicro()
	}
	return out
}

func same(a, b any) bool {
	if p, ok := a.(ClientPolicy); ok {
		q, _ := b.(ClientPolicy)
		return same(p.ConfirmationMethods, q.ConfirmationMethods) && p.LowestLevel == q.LowestLevel &&
			p.SecondFactor == q.SecondFactor && p.EssentialACR == q.EssentialACR
	}
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	if (x.Kind() == reflect.Slice || x.Kind() == reflect.Map) && x.Len() == 0 {
		return y.Len() == 0
	}
	return reflect.DeepEqual(a, b)
}
