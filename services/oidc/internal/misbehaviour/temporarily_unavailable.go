package misbehaviour

// temporarilyUnavailable: RFC 6749 §4.1.2.1.
func temporarilyUnavailable() Kind {
	return Kind{
		Name: "TEMPORARILY_UNAVAILABLE", Does: texts("Каждый вход кончается ошибкой temporarily_unavailable.", "Every sign-in ends with the error temporarily_unavailable."),
		Right:          texts("Клиент предлагает попробовать позже и не повторяет запрос сам.", "The client offers to try later, and does not send the request again by itself."),
		AuthorizeError: "temporarily_unavailable",
	}
}
