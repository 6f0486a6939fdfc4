package misbehaviour

// notYetValid: RFC 7519 §4.1.5.
func notYetValid() Kind {
	return Kind{
		Name: "NOT_YET_VALID", Does: texts("ID-токен начнёт действовать через час (nbf, iat).", "The ID token is valid from an hour on (nbf, iat)."), Right: refuseToken(),
		IDToken: func(t *IDToken) {
			t.Claims["nbf"], t.Claims["iat"], t.Claims["exp"] = t.Now.Add(stale).Unix(), t.Now.Add(stale).Unix(), t.Now.Add(2*stale).Unix()
		},
	}
}
