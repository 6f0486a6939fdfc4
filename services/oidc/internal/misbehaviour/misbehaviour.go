// Package misbehaviour has a sandbox misbehave for one client, on demand and for a while, so that its developers see that
// the client refuses what a broken or hostile provider would send. A kind is a file: it fills those hooks of [Kind] that it
// needs, and a line in [All]. Production has none of it: there no [Set] is ever made.
package misbehaviour

import (
	"net/url"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Kind is one way of misbehaving.
type Kind struct {
	// Name is how developers choose it: "WRONG_ISS".
	Name string
	// Does says what this server does wrong, and Right what a client has to do then; by language.
	Does, Right map[string]string

	// AuthorizeError is the error that every request for a sign-in is answered with, as the protocol names it.
	AuthorizeError string
	// Answer changes the parameters of the answer to a request for a sign-in.
	Answer func(url.Values)
	// TokenError is the error that every request for tokens is answered with.
	TokenError string
	// IDToken changes an ID token before it is signed, and Signed afterwards.
	IDToken func(*IDToken)
	Signed  func(token string) string
	// Userinfo changes the claims of userinfo.
	Userinfo func(claims map[string]any)
	// RotatesKeys says that a new signing key is used from now on, without having been published before.
	RotatesKeys bool
}

// IDToken is an ID token that is about to be signed.
type IDToken struct {
	// Alg is what it will be signed with.
	Alg    string
	Claims jwt.MapClaims
	Now    time.Time
}

// All are the kinds, in the order in which they are shown.
func All() []Kind {
	return []Kind{
		wrongIssuer(), wrongAudience(), wrongSignature(), wrongAlg(), unsigned(), wrongNonce(), expired(), notYetValid(), lowLevel(),
		wrongAtHash(), wrongUserinfoSubject(), wrongState(), wrongResponseIssuer(), accessDenied(), temporarilyUnavailable(),
		serverError(), tokenUnavailable(), keyRotation(),
	}
}

// Set are the kinds that are on for a client.
type Set []Kind

// Of are the kinds of these names; false: one is unknown, at the place.
func Of(names []string) (set Set, unknown int, ok bool) {
	all := All()
	for i, name := range names {
		at := slices.IndexFunc(all, func(k Kind) bool { return k.Name == name })
		if at < 0 {
			return nil, i, false
		}
		set = append(set, all[at])
	}
	return set, 0, true
}

// AuthorizeError is the error that a request for a sign-in gets; empty: none.
func (s Set) AuthorizeError() string {
	return first(s, func(k Kind) string { return k.AuthorizeError })
}

// TokenError is the error that a request for tokens gets; empty: none.
func (s Set) TokenError() string { return first(s, func(k Kind) string { return k.TokenError }) }

func first(s Set, of func(Kind) string) string {
	for _, k := range s {
		if text := of(k); text != "" {
			return text
		}
	}
	return ""
}

// Answer changes the parameters of an answer.
func (s Set) Answer(params url.Values) {
	for _, k := range s {
		if k.Answer != nil {
			k.Answer(params)
		}
	}
}

// IDToken changes an ID token before it is signed.
func (s Set) IDToken(t *IDToken) {
	for _, k := range s {
		if k.IDToken != nil {
			k.IDToken(t)
		}
	}
}

// Signed changes an ID token that is signed.
func (s Set) Signed(token string) string {
	for _, k := range s {
		if k.Signed != nil {
			token = k.Signed(token)
		}
	}
	return token
}

// Userinfo changes the claims of userinfo.
func (s Set) Userinfo(claims map[string]any) {
	for _, k := range s {
		if k.Userinfo != nil {
			k.Userinfo(claims)
		}
	}
}

// RotatesKeys says whether a new signing key is wanted.
func (s Set) RotatesKeys() bool {
	return slices.ContainsFunc(s, func(k Kind) bool { return k.RotatesKeys })
}

func texts(ru, en string) map[string]string { return map[string]string{"ru": ru, "en": en} }

// refuseToken is what a client has to do with most of this.
func refuseToken() map[string]string {
	return texts("Клиент отклоняет ID-токен, и человек не входит.", "The client refuses the ID token, and the person is not signed in.")
}
