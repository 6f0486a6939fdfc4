package misbehaviour

// wrongIssuer: OpenID Connect Core §3.1.3.7, step 2.
func wrongIssuer() Kind {
	return Kind{
		Name: "WRONG_ISS", Does: texts("ID-токен от другого издателя (iss).", "The ID token is of another issuer (iss)."), Right: refuseToken(),
		IDToken: func(t *IDToken) { t.Claims["iss"] = "https://issuer.invalid" },
	}
}
