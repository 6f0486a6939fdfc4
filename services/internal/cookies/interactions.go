package cookies

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// maxInteractions is how many sign-ins for partners a browser may have under way: proxies take 4 or 8 kB of headers.
	maxInteractions = 5
	// maxRemoved is how many go with one answer, whose headers are bounded as well.
	maxRemoved = 10
)

// InteractionLife is how long a browser knows whose sign-in it was that it has begun: the interaction itself runs out sooner.
const InteractionLife = 30 * 24 * time.Hour

// Begun is the value of an interaction's cookie: the secret, when it began, and which client asked.
func Begun(secret string, at time.Time, clientID string) string {
	return secret + "." + strconv.FormatInt(at.UnixMilli(), 36) + "." + base64.RawURLEncoding.EncodeToString([]byte(clientID))
}

// InteractionCookie is a sign-in for a partner that a browser has under way, or had.
type InteractionCookie struct{ ID, Value string }

// began is when it did; long ago if it does not say so.
func (c InteractionCookie) began() int64 {
	ms, err := strconv.ParseInt(c.part(1), 36, 64)
	if err != nil {
		return 0
	}
	return ms
}

// Client is the client that asked; empty if it does not say so.
func (c InteractionCookie) Client() string {
	id, err := base64.RawURLEncoding.DecodeString(c.part(2))
	if err != nil {
		return ""
	}
	return string(id)
}

func (c InteractionCookie) part(n int) string {
	parts := strings.Split(c.Value, ".")
	if n >= len(parts) {
		return ""
	}
	return parts[n]
}

// NewestInteractions are those that a browser has begun, newest first: no more than it is let have.
func (j Jar) NewestInteractions(r *http.Request) []InteractionCookie {
	all := j.interactions(r)
	slices.Reverse(all)
	return all[:min(len(all), maxInteractions)]
}

// interactions are all that a browser has begun, oldest first.
func (j Jar) interactions(r *http.Request) []InteractionCookie {
	var all []InteractionCookie
	prefix := j.Name(Interaction(""))
	for _, c := range r.Cookies() {
		if id, ok := strings.CutPrefix(c.Name, prefix); ok {
			all = append(all, InteractionCookie{ID: id, Value: c.Value})
		}
	}
	slices.SortStableFunc(all, func(a, b InteractionCookie) int { return cmp.Compare(a.began(), b.began()) })
	return all
}

// OldInteractions are those that a browser gives up as it begins another, oldest first.
func (j Jar) OldInteractions(r *http.Request) []InteractionCookie {
	all := j.interactions(r)
	surplus := max(len(all)-(maxInteractions-1), 0)
	return all[:min(surplus, maxRemoved)]
}
