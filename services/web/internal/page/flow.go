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

// maxFlow is how long a flow's cookie may be: proxies take 4 or 8 kB of headers, and browsers 4 kB a cookie.
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
	sealed, err := r.site.seal(plain, f.data(id))
	if err != nil {
		return err
	}
	if len(sealed) > maxFlow || !flowID.MatchString(id) {
		return fmt.Errorf("flow %s: %w", f.Name, errFlowTooLong)
	}
	r.dropOldFlows(f, id)
	r.site.cookies.Set(r.w, f.cookie(id), sealed, f.Life)
	return nil
}

// ReadFlow gives what a flow needs to go on; false: this browser has none that is still good.
func (r *Request) ReadFlow(f Flow, id string, value any) bool {
	s, ok := r.openFlow(f, id)
	return ok && json.Unmarshal(s.Value, value) == nil
}

// EndFlow takes a flow from the browser.
func (r *Request) EndFlow(f Flow, id string) {
	if r.site.cookies.Has(r.Request, f.cookie(id)) {
		r.site.cookies.Clear(r.w, f.cookie(id))
	}
}

// FlowIDs are the browser's flows of a kind that can be gone on with, newest first.
func (r *Request) FlowIDs(f Flow) []string {
	saved := map[string]time.Time{}
	prefix := r.site.cookies.Name(f.cookie(""))
	for _, c := range r.Cookies() {
		id, ok := strings.CutPrefix(c.Name, prefix)
		if s, good := r.openFlow(f, id); ok && good {
			saved[id] = s.Saved
		}
	}
	ids := make([]string, 0, len(saved))
	for id := range saved {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return saved[b].Compare(saved[a]) })
	return ids
}

// dropOldFlows makes room for one more.
func (r *Request) dropOldFlows(f Flow, but string) {
	others := slices.DeleteFunc(r.FlowIDs(f), func(id string) bool { return id == but })
	for i, id := range others {
		if i >= f.Keep-1 {
			r.EndFlow(f, id)
		}
	}
}

func (r *Request) openFlow(f Flow, id string) (stored, bool) {
	var s stored
	value := r.Cookie(f.cookie(id))
	if value == "" || !flowID.MatchString(id) {
		return s, false
	}
	plain, err := r.site.open(value, f.data(id))
	if err != nil || json.Unmarshal(plain, &s) != nil {
		return s, false
	}
	return s, r.site.Now().Before(s.Expire)
}

var flowID = regexp.MustCompile(`^[a-z0-9]{1,64}$`)

func (f Flow) cookie(id string) string { return f.Name + "-" + id }

func (f Flow) data(id string) secret.AssociatedData {
	return secret.AssociatedData{Table: "cookies", Row: f.cookie(id), Column: "flow"}
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
