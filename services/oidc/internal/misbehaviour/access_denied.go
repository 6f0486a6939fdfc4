package misbehaviour

// accessDenied: RFC 6749 §4.1.2.1.
func accessDenied() Kind {
	return Kind{
		Name: "ACCESS_DENIED", Does: texts("Каждый вход кончается ошибкой access_denied.", "Every sign-in ends with the error access_denied."),
		Right:          texts("Клиент говорит человеку, что вход отменён, и предлагает начать заново.", "The client says that the sign-in was cancelled, and offers to begin again."),
		AuthorizeError: "access_denied",
	}
}
