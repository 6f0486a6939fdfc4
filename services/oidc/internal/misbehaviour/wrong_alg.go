package misbehaviour

import "github.com/golang-jwt/jwt/v5"

// wrongAlg: OpenID Connect Core §3.1.3.7, step 7. The signature is right, by a key that is published.
func wrongAlg() Kind {
	return Kind{
		Name: "WRONG_ALG", Does: texts("ID-токен подписан не тем алгоритмом, который выбран для клиента.", "The ID token is signed with another algorithm than the client has chosen."),
		Right: refuseToken(),
		IDToken: func(t *IDToken) {
			if t.Alg == jwt.SigningMethodES256.Alg() {
				t.Alg = jwt.SigningMethodRS256.Alg()
				return
			}
			t.Alg = jwt.SigningMethodES256.Alg()
		},
	}
}
