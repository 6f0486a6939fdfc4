package misbehaviour

// wrongAudience: OpenID Connect Core §3.1.3.7, step 3.
func wrongAudience() Kind {
	return Kind{
		Name: "WRONG_AUD", Does: texts("ID-токен для другого клиента (aud).", "The ID token is for another client (aud)."), Right: refuseToken(),
		IDToken: func(t *IDToken) { t.Claims["aud"] = "another-client" },
	}
}
