package minimal

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"golang.org/x/oauth2"

	"github.com/propusk-id/propusk/pkg/secret"
)

const (
	codeLife  = time.Minute
	grantLife = 30 * 24 * time.Hour
)

func scopes() []string { return []string{"openid", "profile", "offline_access"} }

// code is what an authorization code stands for.
type code struct {
	Challenge, Nonce   string
	Scopes             []string
	Account, SessionID uuid.UUID
	AuthTime           time.Time
}

// authorize answers a signed-in person who has consented with a code at once; others would be sent to a page.
func (s *server) authorize(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != ClientID || q.Get("redirect_uri") != RedirectURI ||
		q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" {
		refuse(rw, http.StatusBadRequest)
		return
	}
	c := code{Challenge: q.Get("code_challenge"), Nonce: q.Get("nonce"), Scopes: strings.Fields(q.Get("scope"))}
	cookie, err := r.Cookie("session")
	if err != nil {
		refuse(rw, http.StatusUnauthorized)
		return
	}
	var agreed []string
	err = s.pool.QueryRow(r.Context(), `
		SELECT s.id, s.account_id, s.auth_time, c.scopes FROM sessions s JOIN consents c ON c.account_id = s.account_id
		WHERE s.token_hash = $1 AND s.expires_at > $2 AND c.client_id = $3`,
		secret.HashToken(cookie.Value), time.Now(), ClientID).Scan(&c.SessionID, &c.Account, &c.AuthTime, &agreed)
	if err != nil || slices.ContainsFunc(c.Scopes, func(scope string) bool { return !slices.Contains(agreed, scope) }) {
		refuse(rw, http.StatusUnauthorized)
		return
	}
	token := secret.NewToken().Reveal()
	if err := s.keepCode(r.Context(), token, c); err != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	back := RedirectURI + "?" + url.Values{"code": {token}, "state": {q.Get("state")}, "iss": {s.issuer()}}.Encode()
	rw.Header().Set("Cache-Control", "no-store")
	http.Redirect(rw, r, back, http.StatusSeeOther)
}

func (s *server) issuer() string { return "http://" + s.Listen }

func (s *server) keepCode(ctx context.Context, token string, c code) error {
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	key := codeKey(token)
	sealed, err := s.keys.Seal(plain, place("code", key, "value"))
	if err != nil {
		return err
	}
	return s.redis.Set(ctx, key, sealed, codeLife).Err()
}

func codeKey(token string) string { return "code:" + string(secret.HashToken(token)) }

// redeem answers a code with tokens, once: the grant's row is what decides.
func (s *server) redeem(rw http.ResponseWriter, r *http.Request) {
	token, now := r.PostForm.Get("code"), time.Now()
	c, err := s.takeCode(r.Context(), token)
	if errors.Is(err, redis.Nil) {
		s.revokeReused(r.Context(), rw, token, now)
		return
	}
	if err != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	if r.PostForm.Get("redirect_uri") != RedirectURI ||
		oauth2.S256ChallengeFromVerifier(r.PostForm.Get("code_verifier")) != c.Challenge {
		refuse(rw, http.StatusBadRequest)
		return
	}
	g := grant{
		ID: secret.NewID(), Account: c.Account, SessionID: c.SessionID, AuthTime: c.AuthTime, Scopes: c.Scopes, Generation: 1,
	}
	done, err := s.pool.Exec(r.Context(), `
		INSERT INTO grants (id, code_hash, client_id, account_id, session_id, auth_time, scopes, generation, expires_at)
		SELECT $1, $2, $3, $4, s.id, $5, $6, 1, $7 FROM sessions s WHERE s.id = $8 AND s.expires_at > $9
		ON CONFLICT (code_hash) DO NOTHING`,
		g.ID, secret.HashToken(token), ClientID, g.Account, g.AuthTime, g.Scopes, now.Add(grantLife), g.SessionID, now)
	switch {
	case err != nil:
		refuse(rw, http.StatusInternalServerError)
	case done.RowsAffected() == 0:
		s.revokeReused(r.Context(), rw, token, now)
	default:
		s.issue(rw, g, c.Nonce, now)
	}
}

func (s *server) takeCode(ctx context.Context, token string) (c code, err error) {
	key := codeKey(token)
	sealed, err := s.redis.GetDel(ctx, key).Bytes()
	if err != nil {
		return c, err
	}
	plain, err := s.keys.Open(sealed, place("code", key, "value"))
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(plain, &c)
}

// revokeReused revokes what was issued for a code that is presented again.
func (s *server) revokeReused(ctx context.Context, rw http.ResponseWriter, token string, now time.Time) {
	_, err := s.pool.Exec(ctx, `UPDATE grants SET revoked_at = $2 WHERE code_hash = $1 AND revoked_at IS NULL`,
		secret.HashToken(token), now)
	if err != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	refuse(rw, http.StatusBadRequest)
}

// isNone says that a query found nothing.
func isNone(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
