package app

import (
	"encoding/base64"
	"encoding/binary"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// A refresh token is the grant's id, a generation and the MAC of both with the client: it is not stored, and the
// successor for an honest retry can be derived again.
const (
	familyLength     = 16
	generationLength = 8
	macLength        = 32
)

func (a *App) refreshToken(g domain.Grant) secret.String {
	token := binary.BigEndian.AppendUint64(g.ID[:], uint64(g.Generation))
	return secret.New(encode(append(token, a.refreshMAC(token, g.ClientID)...)))
}

func (a *App) refreshMAC(familyAndGeneration []byte, clientID string) []byte {
	return a.Keys.MAC("refresh", familyAndGeneration, []byte(clientID))
}

// readRefreshToken returns the grant and generation of a token that was issued to this client.
func (a *App) readRefreshToken(token, clientID string) (grantID uuid.UUID, generation int64, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != familyLength+generationLength+macLength {
		return uuid.Nil, 0, false
	}
	content, mac := raw[:familyLength+generationLength], raw[familyLength+generationLength:]
	if !secret.Equal(mac, a.refreshMAC(content, clientID)) {
		return uuid.Nil, 0, false
	}
	return uuid.UUID(content[:familyLength]), int64(binary.BigEndian.Uint64(content[familyLength:])), true
}
