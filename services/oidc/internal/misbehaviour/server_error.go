package misbehaviour

// serverError: RFC 6749 §4.1.2.1.
func serverError() Kind {
	return Kind{
		Name: "SERVER_ERROR", Does: texts("Каждый вход кончается ошибкой server_error.", "Every sign-in ends with the error server_error."),
		Right:          texts("Клиент показывает понятную страницу, а не сбой.", "The client shows a page that people understand, and does not fail."),
		AuthorizeError: "server_error",
	}
}
