package cookies

import (
	"cmp"
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

// Begun is the value of an interaction's cookie: the secret, and when it began.
func Begun(secret string, at time.Time) string {
	return secret + "." + strconv.FormatInt(at.UnixMilli(), 36)
}

// InteractionCookie is a sign-in for a partner that a browser has under way.
type InteractionCookie struct{ ID, Value string }

// began is when it did; long ago if it does not say so.
func (c InteractionCookie) began() int64 {
	_, at, _ := strings.Cut(c.Value, ".")
	ms, err := strconv.ParseInt(at, 36, 64)
	if err != nil {
		return 0
	}
	return ms
}

// OldInteractions are those that a browser gives up as it begins another, oldest first.
func (j Jar) OldInteractions(r *http.Request) []InteractionCookie {
	var all []InteractionCookie
	prefix := j.Name(Interaction(""))
	for _, c := range r.Cookies() {
		if id, ok := strings.CutPrefix(c.Name, prefix); ok {
			all = append(all, InteractionCookie{ID: id, Value: c.Value})
		}
	}
	slices.SortStableFunc(all, func(a, b InteractionCookie) int { return cmp.Compare(a.began(), b.began()) })
	surplus := max(len(all)-(maxInteractions-1), 0)
	return all[:min(surplus, maxRemoved)]
}
