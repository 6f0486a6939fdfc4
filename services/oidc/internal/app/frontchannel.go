package app

import (
	"context"
	"net/url"
	"slices"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Departure is where the browser goes after a sign-out, and what it shows in frames before, so that sites end what they keep in it
// (OpenID Connect Front-Channel Logout).
type Departure struct {
	URL      string
	Frames   []string
	Language string
}

// frames are the addresses of the clients that a session was used at.
func (a *App) frames(ctx context.Context, l domain.Logout) ([]string, error) {
	var out []string
	for _, id := range l.UsedAt {
		c, found, err := a.client(ctx, id)
		if err != nil {
			return nil, err
		}
		if !found || c.Frontchannel.URI == "" {
			continue
		}
		params := url.Values{}
		if c.Frontchannel.Session {
			params = url.Values{"iss": {a.Issuer}, "sid": {a.sid(c.ID, l.SessionID)}}
		}
		out = append(out, domain.WithParams(c.Frontchannel.URI, params))
	}
	return out, nil
}

// noteUse remembers which clients a session was used at while that is known: it is about to end.
func (a *App) noteUse(ctx context.Context, l domain.Logout, sessionID string) (domain.Logout, error) {
	if sessionID == "" {
		return l, nil
	}
	users, err := a.Store.SessionUsers(ctx, sessionID)
	if err != nil {
		return l, err
	}
	for _, g := range users {
		if !slices.Contains(l.UsedAt, g.ClientID) {
			l.UsedAt = append(l.UsedAt, g.ClientID)
		}
	}
	return l, nil
}
