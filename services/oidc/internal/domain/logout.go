package domain

import (
	"net/url"
	"time"
)

// Logout is a partner's request to sign a person out (OpenID Connect RP-Initiated Logout). It is stored in Redis.
type Logout struct {
	ID string
	// ClientID is empty when the request names no partner.
	ClientID string
	// SID is the session that the ID token names, as that partner knows it.
	SID         string
	RedirectURI string
	State       string
	Language    string
	ExpireTime  time.Time
	// Pending is where it counts until it is finished.
	Pending Pending
	// Seen: the pages have asked what is wanted, for the session SessionID if there was one. Before that, and while that
	// session lives, nobody goes on.
	Seen      bool
	SessionID string
	// UsedAt are the clients that the session was used at.
	UsedAt []string
}

// SeenBy notes for which session the pages ask. One that has ended meanwhile is not forgotten.
func (l Logout) SeenBy(sessionID string) Logout {
	l.Seen = true
	if sessionID != "" {
		l.SessionID = sessionID
	}
	return l
}

// Return is where the browser goes after the sign-out; home when the partner names no address.
func (l Logout) Return(home string) string {
	if l.RedirectURI == "" {
		return home
	}
	params := url.Values{}
	if l.State != "" {
		params.Set("state", l.State)
	}
	return WithParams(l.RedirectURI, params)
}
