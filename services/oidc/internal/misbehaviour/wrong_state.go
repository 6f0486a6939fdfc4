package misbehaviour

import "net/url"

// wrongState: RFC 6749 §10.12.
func wrongState() Kind {
	return Kind{
		Name: "WRONG_STATE", Does: texts("Ответ приходит с чужим state.", "The answer has another state."),
		Right:  texts("Клиент не принимает ответ и не обменивает код.", "The client does not take the answer and does not redeem the code."),
		Answer: func(params url.Values) { params.Set("state", "another-state") },
	}
}
