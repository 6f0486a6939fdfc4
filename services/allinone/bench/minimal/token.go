package minimal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/secret"
)

const tokenLife = 5 * time.Minute

// grant is one redeemed code and the family of its refresh tokens.
type grant struct {
	ID, Account, SessionID uuid.UUID
	AuthTime               time.Time
	Scopes                 []string
	Generation             int64
}

// token is the token endpoint.
func (s *server) token(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, 1<<14)
	id, password, _ := r.BasicAuth()
	if r.ParseForm() != nil || id != ClientID || !secret.Equal(secret.HashToken(password), s.ClientHash) {
		refuse(rw, http.StatusUnauthorized)
		return
	}
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		s.redeem(rw, r)
	case "refresh_token":
		s.refresh(rw, r)
	default:
		refuse(rw, http.StatusBadRequest)
	}
}

// refresh rotates in one statement. A token that is not the present one revokes its family.
func (s *server) refresh(rw http.ResponseWriter, r *http.Request) {
	id, generation, ok := s.readRefresh(r.PostForm.Get("refresh_token"))
	if !ok {
		refuse(rw, http.StatusBadRequest)
		return
	}
	now, g := time.Now(), grant{ID: id, Generation: generation + 1}
	err := s.pool.QueryRow(r.Context(), `
		UPDATE grants SET generation = generation + 1
		WHERE id = $1 AND generation = $2 AND client_id = $3 AND revoked_at IS NULL AND expires_at > $4
		RETURNING account_id, session_id, auth_time, scopes`,
		id, generation, ClientID, now).Scan(&g.Account, &g.SessionID, &g.AuthTime, &g.Scopes)
	if isNone(err) {
		_, err = s.pool.Exec(r.Context(), `UPDATE grants SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL`, id, now)
		if err == nil {
			refuse(rw, http.StatusBadRequest)
			return
		}
	}
	if err != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	s.issue(rw, g, "", now)
}

// A refresh token is the grant's id, the generation, and the MAC of both.
const contentLength, macLength = 16 + 8, 32

func (s *server) refreshToken(g grant) string {
	content := binary.BigEndian.AppendUint64(g.ID[:], uint64(g.Generation))
	return base64.RawURLEncoding.EncodeToString(append(content, s.keys.MAC("refresh", content)...))
}

func (s *server) readRefresh(token string) (id uuid.UUID, generation int64, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != contentLength+macLength || !s.keys.CheckMAC(raw[contentLength:], "refresh", raw[:contentLength]) {
		return uuid.Nil, 0, false
	}
	return uuid.UUID(raw[:16]), int64(binary.BigEndian.Uint64(raw[16:contentLength])), true
}

// issue signs an access token and an ID token, and derives the refresh token.
func (s *server) issue(rw http.ResponseWriter, g grant, nonce string, now time.Time) {
	common := jwt.MapClaims{
		"iss": s.issuer(), "sub": g.Account.String(), "iat": now.Unix(), "exp": now.Add(tokenLife).Unix(),
		"auth_time": g.AuthTime.Unix(), "sid": g.SessionID.String(),
	}
	access, err := s.signer.sign(with(common, jwt.MapClaims{
		"aud": s.issuer() + "/oauth2/userinfo", "client_id": ClientID, "scope": strings.Join(g.Scopes, " "),
		"grant": g.ID.String(), "jti": secret.NewRandomID(),
	}))
	if err != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256([]byte(access))
	id, err := s.signer.sign(with(common, jwt.MapClaims{
		"aud": ClientID, "nonce": nonce, "at_hash": base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2]),
	}))
	if err != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	answer(rw, map[string]any{
		"access_token": access, "id_token": id, "refresh_token": s.refreshToken(g), "token_type": "Bearer",
		"expires_in": int(tokenLife.Seconds()), "scope": strings.Join(g.Scopes, " "),
	})
}

func with(common, more jwt.MapClaims) jwt.MapClaims {
	for name, value := range common {
		more[name] = value
	}
	return more
}

// userinfo checks the access token's signature and, in one statement, that its grant lives.
func (s *server) userinfo(rw http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	claims, err := s.signer.check(token, s.issuer()+"/oauth2/userinfo")
	if err != nil {
		refuse(rw, http.StatusUnauthorized)
		return
	}
	var account uuid.UUID
	var sealed []byte
	err = s.pool.QueryRow(r.Context(), `
		SELECT a.id, a.card FROM grants g JOIN accounts a ON a.id = g.account_id
		WHERE g.id = $1 AND g.revoked_at IS NULL AND g.expires_at > $2`, claims["grant"], time.Now()).Scan(&account, &sealed)
	if err != nil {
		refuse(rw, http.StatusUnauthorized)
		return
	}
	plain, err := s.keys.Open(sealed, place("accounts", account.String(), "card"))
	var c Card
	if err != nil || json.Unmarshal(plain, &c) != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	answer(rw, map[string]any{"sub": claims["sub"], "family_name": c.LastName, "given_name": c.FirstName})
}
