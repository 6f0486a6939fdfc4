package domain

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
)

// The bounds of the `claims` parameter: what is longer or asks for more is no honest wish.
const (
	maxClaimsParam = 4 << 10
	maxClaimsAsked = 64
)

// claimsParam is the `claims` parameter (OpenID Connect Core §5.5).
type claimsParam struct {
	Userinfo map[string]*claimWish `json:"userinfo"`
	IDToken  map[string]*claimWish `json:"id_token"`
}

// claimWish is what is asked of one claim; nil: only to have it.
type claimWish struct {
	Essential bool  `json:"essential"`
	Value     any   `json:"value"`
	Values    []any `json:"values"`
}

// texts are the values that would do.
func (w *claimWish) texts() []string {
	if w == nil {
		return nil
	}
	var out []string
	for _, v := range append([]any{w.Value}, w.Values...) {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func parseClaims(s string) (claimsParam, *OAuthError) {
	var c claimsParam
	if len(s) > maxClaimsParam {
		return c, refuse(InvalidRequest, "claims is longer than 4096 bytes")
	}
	d := json.NewDecoder(bytes.NewReader([]byte(s)))
	if err := d.Decode(&c); err != nil {
		return c, refuse(InvalidRequest, "claims is not an object of OpenID Connect Core 5.5")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return c, refuse(InvalidRequest, "claims is not one JSON object")
	}
	if len(c.Userinfo)+len(c.IDToken) > maxClaimsAsked {
		return c, refuse(InvalidRequest, "claims asks for more than 64 claims")
	}
	return c, nil
}

// readClaims reads which single claims are wanted. One that the scopes do not give brings the scope that does, without the scope's
// other claims. What is unknown, or not for the client to ask for, is ignored (§5.5.1).
func readClaims(r *Request, c Client, p url.Values) *OAuthError {
	if p.Get("claims") == "" {
		return nil
	}
	asked, refusal := parseClaims(p.Get("claims"))
	if refusal != nil {
		return refusal
	}
	addClaims(r, c, asked)
	if wish := asked.IDToken["sub"]; wish != nil {
		if subs := wish.texts(); len(subs) > 0 {
			r.HintSubject = subs[0]
		}
	}
	return readACR(r, asked.IDToken["acr"])
}

func addClaims(r *Request, c Client, asked claimsParam) {
	var wanted []string
	for _, claim := range ClaimsOf(c.Scopes) {
		_, userinfo := asked.Userinfo[claim]
		_, idToken := asked.IDToken[claim]
		if idToken {
			r.IDClaims = append(r.IDClaims, claim)
		}
		if idToken || userinfo || claim == FamilyName && asksForName(asked) {
			wanted = append(wanted, claim)
		}
	}
	if asksForName(asked) {
		wanted = append(wanted, GivenName, MiddleName)
	}
	if _, ok := asked.IDToken["name"]; ok {
		r.IDClaims = append(r.IDClaims, "name")
	}
	addScopes(r, c, wanted)
}

// asksForName: `name` is made of the three names.
func asksForName(asked claimsParam) bool {
	_, userinfo := asked.Userinfo["name"]
	_, idToken := asked.IDToken["name"]
	return userinfo || idToken
}

// addScopes adds the scopes that give single claims, and notes their others as withheld.
func addScopes(r *Request, c Client, wanted []string) {
	for _, scope := range c.Scopes {
		of := ClaimsOf([]string{scope})
		asked := slices.ContainsFunc(of, func(claim string) bool { return slices.Contains(wanted, claim) })
		if slices.Contains(r.Scopes, scope) || !asked {
			continue
		}
		r.Scopes = append(r.Scopes, scope)
		for _, claim := range of {
			if !slices.Contains(wanted, claim) {
				r.Withheld = append(r.Withheld, claim)
			}
		}
	}
	r.Scopes = inOrder(r.Scopes)
}

// readACR: an essential acr has to be reached (§5.5.1.1).
func readACR(r *Request, wish *claimWish) *OAuthError {
	if wish == nil || !wish.Essential {
		return nil
	}
	level := lowest(wish.texts())
	if level == 0 && len(wish.texts()) > 0 {
		return refuse(LevelUnmet, "none of the essential values of acr is known here")
	}
	r.Level = max(r.Level, level)
	return nil
}
