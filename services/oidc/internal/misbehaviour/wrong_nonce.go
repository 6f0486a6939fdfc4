package misbehaviour

// wrongNonce: OpenID Connect Core §3.1.3.7, step 11.
func wrongNonce() Kind {
	return Kind{
		Name: "WRONG_NONCE", Does: texts("В ID-токене чужой nonce.", "The ID token has another nonce."), Right: refuseToken(),
		IDToken: func(t *IDToken) { t.Claims["nonce"] = "another-nonce" },
	}
}
