package app

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/riverqueue/river"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

const (
	typeLogout = "logout+jwt"
	// logoutEvent is what a logout token tells (OpenID Connect Back-Channel Logout §2.4).
	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
	// logoutTokenLife is short: it is sent at once, and made anew for each try.
	logoutTokenLife = 2 * time.Minute
	// tellAttempts reach over half a day: a client that is down for longer has its sessions end by themselves.
	tellAttempts = 12
)

// TellLogoutJob tells a client that a session of an account has ended; without a session: that all have.
type TellLogoutJob struct {
	ClientID  string `json:"client_id"`
	AccountID string `json:"account_id"`
	SessionID string `json:"session_id,omitempty"`
}

// Kind names the job.
func (TellLogoutJob) Kind() string { return "tell_logout" }

// InsertOpts bound how often it is tried.
func (TellLogoutJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: tellAttempts}
}

// tellAll has every client that wants to know told of a sign-out, in the transaction in which the sign-out takes effect.
func (a *App) tellAll(ctx context.Context, tx *store.Tx, users []domain.Grant, sessionID string) error {
	for _, g := range users {
		c, found, err := a.client(ctx, g.ClientID)
		if err != nil {
			return err
		}
		// Who has to know which session ended is told of each by itself.
		if !found || c.Backchannel.URI == "" || sessionID == "" && c.Backchannel.Session {
			continue
		}
		job := TellLogoutJob{ClientID: g.ClientID, AccountID: g.AccountID.String(), SessionID: sessionID}
		if err := tx.Enqueue(ctx, job, nil); err != nil {
			return err
		}
	}
	return nil
}

// TellLogout tells one client. Any answer but a success is tried again: nobody else ends the session there.
func (a *App) TellLogout(ctx context.Context, job TellLogoutJob) error {
	c, found, err := a.client(ctx, job.ClientID)
	if err != nil || !found || c.Backchannel.URI == "" {
		return err
	}
	now := a.Now()
	token, err := a.KeySet.Sign(c.IDTokenAlg, typeLogout, a.logoutClaims(c, job, now), now)
	if err != nil {
		return err
	}
	status, err := a.Outbound.PostForm(ctx, c.Backchannel.URI, url.Values{"logout_token": {token}})
	if err != nil {
		return fmt.Errorf("client %s was not told of a sign-out: %w", c.ID, err)
	}
	if status != http.StatusOK && status != http.StatusNoContent {
		return fmt.Errorf("client %s answers a sign-out with status %d", c.ID, status)
	}
	return nil
}

// logoutClaims are those of Back-Channel Logout §2.4: never a nonce, by which it could pass for an ID token.
func (a *App) logoutClaims(c domain.Client, job TellLogoutJob, now time.Time) jwt.MapClaims {
	claims := jwt.MapClaims{
		"iss": a.Issuer, "aud": c.ID, "sub": a.subject(c, job.AccountID), "jti": secret.NewRandomID(),
		"iat": now.Unix(), "exp": now.Add(logoutTokenLife).Unix(), "events": map[string]any{logoutEvent: map[string]any{}},
	}
	if job.SessionID != "" {
		claims["sid"] = a.sid(c.ID, job.SessionID)
	}
	return claims
}
