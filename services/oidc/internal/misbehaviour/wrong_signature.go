package misbehaviour

import "strings"

// wrongSignature: OpenID Connect Core §3.1.3.7, step 6. Clients of the code flow may skip it, since the token comes by TLS;
// none that does so can be used otherwise.
func wrongSignature() Kind {
	return Kind{
		Name: "WRONG_SIGNATURE", Does: texts("Подпись ID-токена неверная.", "The signature of the ID token is wrong."), Right: refuseToken(),
		Signed: spoilSignature,
	}
}

// spoilSignature changes a character in the middle: the last one has bits that mean nothing.
func spoilSignature(token string) string {
	at := strings.LastIndexByte(token, '.') + 1
	at += (len(token) - at) / 2
	if at >= len(token) {
		return token // it has no signature
	}
	other := byte('A')
	if token[at] == other {
		other = 'B'
	}
	return token[:at] + string(other) + token[at+1:]
}
