package page

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/internal/cookies"
)

// Flow is a kind of flow of pages. What one of them needs to go on lies in the browser, in a cookie of its own that only
// the installation can make and read: it survives reloads, ways back, other tabs and restarts of the server.
type Flow struct {
	// Name begins the cookie's name.
	Name string
	// Life is how long one can be gone on with.
	Life time.Duration
	// Keep is how many of the kind a browser has at most; the oldest goes first.
	Keep int
}

// maxFlow is how long a flow's cookie may be: browsers keep 4 kB a cookie, and all together have [cookies.MaxFlows].
const maxFlow = 2500

var errFlowTooLong = errors.New("too much for a cookie")

// stored is a flow as it is sealed.
type stored struct {
	Saved  time.Time       `json:"s"`
	Expire time.Time       `json:"e"`
	Value  json.RawMessage `json:"v"`
}

// SaveFlow gives the browser what a flow needs to go on; ids are lower-case letters and digits.
func (r *Request) SaveFlow(f Flow, id string, value any) error {
	now := r.site.Now()
	content, err := json.Marshal(value)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(stored{Saved: now, Expire: now.Add(f.Life), Value: content})
	if err != nil {
		return err
	}
	sealed, err := r.site.seal(plain, flowData(f.cookie(id)))
	if err != nil {
		return err
	}
	if len(sealed) > maxFlow || !flowID.MatchString(id) {
		return fmt.Errorf("flow %s: %w", f.Name, errFlowTooLong)
	}
	r.makeRoom(f, id, len(sealed))
	r.site.cookies.Set(r.w, f.cookie(id), sealed, f.Life)
	return nil
}

// ReadFlow gives what a flow needs to go on; false: this browser has none that is still good. One that cannot be read any more,
// since its key is gone or it was tampered with, is taken from the browser: it would be sent with each request for nothing.
func (r *Request) ReadFlow(f Flow, id string, value any) bool {
	s, ok := r.openFlow(f, id)
	if ok = ok && json.Unmarshal(s.Value, value) == nil; !ok && flowID.MatchString(id) {
		r.EndFlow(f, id)
	}
	return ok
}

// EndFlow takes a flow from the browser.
func (r *Request) EndFlow(f Flow, id string) {
	if r.site.cookies.Has(r.Request, f.cookie(id)) {
		r.site.cookies.Clear(r.w, f.cookie(id))
	}
}

// FlowIDs are the browser's flows of a kind that can be gone on with, newest first.
func (r *Request) FlowIDs(f Flow) []string {
	var ids []string
	for _, h := range r.flows() {
		if id, ok := strings.CutPrefix(h.name, f.cookie("")); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// held is a flow that the browser has: its cookie's name and size, and when it was saved.
type held struct {
	name  string
	size  int
	saved time.Time
}

// flows are those of all kinds that can be gone on with, newest first.
func (r *Request) flows() []held {
	var out []held
	for _, c := range r.Cookies() {
		name := strings.TrimPrefix(c.Name, r.site.cookies.Name(""))
		if s, ok := r.openCookie(name, c.Value); ok {
			out = append(out, held{name, len(c.Name) + len(c.Value), s.Saved})
		}
	}
	slices.SortStableFunc(out, func(a, b held) int { return b.saved.Compare(a.saved) })
	return out
}

// makeRoom takes flows from the browser: of the kind those that cannot be gone on with, the oldest over the number of their kind,
// and the oldest for which one more of this size leaves no room.
func (r *Request) makeRoom(f Flow, id string, size int) {
	r.dropUnreadable(f, id)
	kind, all := 1, len(r.site.cookies.Name(f.cookie(id)))+size
	for _, h := range r.flows() {
		if h.name == f.cookie(id) {
			continue
		}
		if strings.HasPrefix(h.name, f.cookie("")) {
			kind++
		}
		all += h.size
		if kind > f.Keep && strings.HasPrefix(h.name, f.cookie("")) || all > cookies.MaxFlows {
			r.site.cookies.Clear(r.w, h.name)
		}
	}
}

// dropUnreadable takes from the browser the flows of a kind that cannot be gone on with, but for the one that is saved anew.
func (r *Request) dropUnreadable(f Flow, saved string) {
	for _, c := range r.Cookies() {
		id, ok := strings.CutPrefix(c.Name, r.site.cookies.Name(f.cookie("")))
		if !ok || id == saved || !flowID.MatchString(id) {
			continue
		}
		if _, ok := r.openFlow(f, id); !ok {
			r.EndFlow(f, id)
		}
	}
}

func (r *Request) openFlow(f Flow, id string) (stored, bool) {
	if !flowID.MatchString(id) {
		return stored{}, false
	}
	return r.openCookie(f.cookie(id), r.Cookie(f.cookie(id)))
}

// openCookie reads a cookie as a flow's; false: it is none, or one that has run out.
func (r *Request) openCookie(name, value string) (s stored, ok bool) {
	plain, err := r.site.open(value, flowData(name))
	if err != nil || json.Unmarshal(plain, &s) != nil {
		return s, false
	}
	return s, r.site.Now().Before(s.Expire)
}

var flowID = regexp.MustCompile(`^[a-z0-9]{1,64}$`)

func (f Flow) cookie(id string) string { return f.Name + "-" + id }

func flowData(cookie string) secret.AssociatedData {
	return secret.AssociatedData{Table: "cookies", Row: cookie, Column: "flow"}
}

// seal encrypts what goes to the browser and comes back.
func (s *Site) seal(plain []byte, ad secret.AssociatedData) (string, error) {
	sealed, err := s.Keys.Seal(plain, ad)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func (s *Site) open(text string, ad secret.AssociatedData) ([]byte, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	return s.Keys.Open(sealed, ad)
}
