package misbehaviour

import "time"

// stale is longer than any clock may differ.
const stale = time.Hour

// expired: OpenID Connect Core §3.1.3.7, step 9.
func expired() Kind {
	return Kind{
		Name: "EXPIRED", Does: texts("ID-токен истёк час назад.", "The ID token expired an hour ago."), Right: refuseToken(),
		IDToken: func(t *IDToken) {
			t.Claims["iat"], t.Claims["exp"] = t.Now.Add(-2*stale).Unix(), t.Now.Add(-stale).Unix()
		},
	}
}
