package misbehaviour

// tokenUnavailable rehearses the limit of requests: 429 with Retry-After (RFC 6585 §4).
func tokenUnavailable() Kind {
	return Kind{
		Name: "TOKEN_UNAVAILABLE", Does: texts("Токены не выдаются: ответ 429 и temporarily_unavailable.", "No tokens are issued: the answer is 429 and temporarily_unavailable."),
		Right:      texts("Клиент ждёт, сколько сказано в Retry-After.", "The client waits for as long as Retry-After says."),
		TokenError: "temporarily_unavailable",
	}
}
