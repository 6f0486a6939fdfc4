package misbehaviour

import "net/url"

// wrongResponseIssuer: the answer of another server, as in a mix-up (RFC 9207).
func wrongResponseIssuer() Kind {
	return Kind{
		Name: "WRONG_RESPONSE_ISS", Does: texts("Ответ приходит от имени другого сервера (iss).", "The answer is of another server (iss)."),
		Right:  texts("Клиент сверяет iss и не обменивает код.", "The client compares iss and does not redeem the code."),
		Answer: func(params url.Values) { params.Set("iss", "https://issuer.invalid") },
	}
}
