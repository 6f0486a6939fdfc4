package misbehaviour

// lowLevel: OpenID Connect Core §3.1.3.7, step 12.
func lowLevel() Kind {
	return Kind{
		Name: "LOW_LEVEL", Does: texts("acr в ID-токене ниже, чем просил клиент: simplified.", "The acr of the ID token is below what the client asked for: simplified."),
		Right:   texts("Клиент сверяет acr с тем, что просил, и не даёт доступа.", "The client compares acr with what it asked for, and gives no access."),
		IDToken: func(t *IDToken) { t.Claims["acr"] = "simplified" },
	}
}
