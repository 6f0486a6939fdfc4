package allinone_test

import (
	"encoding/json"
	"flag"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/propusk-id/propusk/services/web"
)

// everyPair is what `make test-pages` asks for; otherwise each disturbance is met once, each in another flow.
var everyPair = flag.Bool("pages.all", false, "walk every flow of pages with each disturbance")

// The people who walk, by their number in the population: each time another one.
const (
	firstWalker  = 5000
	walkersAFlow = 100
)

// pair is a flow of pages with what happens to people on the way: see browser/lib/plan.mjs.
type pair struct {
	Flow, Disturbance string
	// Not says why the disturbance does not apply to the flow.
	Not string
	// Brief: it is one of the few that are walked each time.
	Brief bool
}

// TestPages walks flows of pages in a real browser, with something happening at every step: a reload, a way back, another
// language, a double click on a slow line, an ended session, a second tab, no JavaScript, large text, dark colours, no mouse.
// In all walks together every page that there is has to be shown.
//
//nolint:tparallel // the walks run beside each other, and what they have seen is looked at when all have ended
func TestPages(t *testing.T) {
	t.Parallel()
	w := &walker{chromium: strings.TrimSpace(output(t, exec.Command("../../deploy/dev/chromium"))), shown: map[string]bool{}}
	installScripts(t)
	plan := pairs(t)
	// Nothing but the pages themselves keeps a second message from being sent; a registry that is away for one person is not
	// for another; and all walk at one network address, whose mismatches are not to be too many.
	i := startAt(t, "localhost", map[string]string{
		"PROPUSK_OTP_RESEND_AFTER": "0s", "PROPUSK_VERIFICATION_BREAKER_CALLS": "1000000", "PROPUSK_VERIFICATION_ADDRESS_TRIES": "100000",
		"PROPUSK_ACCOUNT_RECOVERY_CONTACT_AGE": "0s",
	})
	w.url = i.url
	ok := t.Run("walk", func(t *testing.T) {
		for n, f := range flowsOf(t, plan) {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				w.walk(t, f, firstWalker+n*walkersAFlow)
			})
		}
	})
	if ok && *everyPair {
		w.wantAll(t)
	}
}

// flow is one of them with what happens on the way.
type flow struct {
	name         string
	disturbances []string
}

// flowsOf are the flows with the disturbances that are asked for.
func flowsOf(t *testing.T, plan []pair) []flow {
	t.Helper()
	var out []flow
	for _, p := range plan {
		switch {
		case p.Not != "":
			t.Logf("%s, %s: %s", p.Flow, p.Disturbance, p.Not)
			continue
		case !p.Brief && !*everyPair:
			continue
		case len(out) == 0 || out[len(out)-1].name != p.Flow:
			out = append(out, flow{name: p.Flow})
		}
		last := &out[len(out)-1]
		last.disturbances = append(last.disturbances, p.Disturbance)
	}
	return out
}

// pairs are all flows with each disturbance; the brief ones have each disturbance.
func pairs(t *testing.T) []pair {
	t.Helper()
	list := exec.Command("node", "pages.mjs", "list")
	list.Dir = browserDir
	var plan []pair
	if err := json.Unmarshal([]byte(output(t, list)), &plan); err != nil {
		t.Fatal(err)
	}
	brief := map[string]bool{}
	for _, p := range plan {
		brief[p.Disturbance] = brief[p.Disturbance] || p.Brief && p.Not == ""
	}
	for disturbance, met := range brief {
		if !met {
			t.Errorf("%s is in no brief walk", disturbance)
		}
	}
	return plan
}

// walker keeps which pages were shown on the way.
type walker struct {
	chromium, url string

	mu    sync.Mutex
	shown map[string]bool
}

// walk walks a flow with one disturbance after the other, from this person of the population on.
func (w *walker) walk(t *testing.T, f flow, person int) {
	t.Helper()
	node := exec.Command("node", append([]string{"pages.mjs", f.name}, f.disturbances...)...)
	node.Dir = browserDir
	node.Env = append(os.Environ(), "ORIGIN="+w.url, "CHROMIUM="+w.chromium, "FIRST="+strconv.Itoa(person))
	for line := range strings.Lines(output(t, node)) {
		path, isPage := strings.CutPrefix(strings.TrimSpace(line), "shown ")
		if !isPage {
			t.Log(strings.TrimSpace(line))
			continue
		}
		w.mu.Lock()
		w.shown[path] = true
		w.mu.Unlock()
	}
}

// leadsOn says of a path that it leads on at once and shows nothing.
func leadsOn(path string) bool {
	return slices.Contains([]string{"/language", "/sign-in/passkey", "/reauthenticate/passkey"}, path)
}

// wantAll asks whether every page was shown: those of web, and those of the sandbox.
func (w *walker) wantAll(t *testing.T) {
	t.Helper()
	wanted := slices.DeleteFunc(web.Paths(), leadsOn)
	wanted = append(wanted, "/phone", "/phone/people", "/post/{number}", "/demo", "/demo/callback")
	mux := http.NewServeMux()
	for _, path := range wanted {
		mux.Handle(path, http.NotFoundHandler())
	}
	seen := map[string]bool{}
	for path := range maps.Keys(w.shown) {
		_, pattern := mux.Handler(httptest.NewRequest(http.MethodGet, path, nil))
		seen[pattern] = true
	}
	for _, path := range wanted {
		if !seen[path] {
			t.Errorf("no flow shows %s", path)
		}
	}
}
