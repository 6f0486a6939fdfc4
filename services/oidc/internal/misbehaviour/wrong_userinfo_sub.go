package misbehaviour

// wrongUserinfoSubject: OpenID Connect Core §5.3.2.
func wrongUserinfoSubject() Kind {
	return Kind{
		Name: "WRONG_USERINFO_SUB", Does: texts("userinfo говорит о другом человеке (sub).", "userinfo is about another person (sub)."),
		Right:    texts("Клиент сверяет sub с ID-токеном и не использует данные.", "The client compares sub with the ID token and does not use the details."),
		Userinfo: func(claims map[string]any) { claims["sub"] = "another-person" },
	}
}
