package domain

// The algorithms that tokens and client assertions are signed with (RFC 7518, RFC 8037).
const (
	RS256 = "RS256"
	ES256 = "ES256"
	PS256 = "PS256"
	EdDSA = "EdDSA"
)

// SigningAlgs are all of them; the first is what clients get that ask for none (OpenID Connect Core §3.1.3.7).
func SigningAlgs() []string { return []string{RS256, ES256, PS256, EdDSA} }
