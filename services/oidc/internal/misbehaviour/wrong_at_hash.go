package misbehaviour

// wrongAtHash: OpenID Connect Core §3.1.3.8.
func wrongAtHash() Kind {
	return Kind{
		Name: "WRONG_AT_HASH", Does: texts("at_hash не подходит к токену доступа.", "at_hash does not fit the access token."),
		Right:   texts("Клиент, который проверяет at_hash, отклоняет ответ.", "A client that checks at_hash refuses the answer."),
		IDToken: func(t *IDToken) { t.Claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" },
	}
}
