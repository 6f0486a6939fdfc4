package misbehaviour

// keyRotation: OpenID Connect Core §10.1.1. The key is new to everybody.
func keyRotation() Kind {
	return Kind{
		Name: "KEY_ROTATION", Does: texts("Сервер сразу подписывает новым ключом, которого клиент ещё не видел.", "The server signs at once with a new key that the client has not seen."),
		Right:       texts("Клиент читает ключи заново и принимает токен.", "The client reads the keys again and accepts the token."),
		RotatesKeys: true,
	}
}
