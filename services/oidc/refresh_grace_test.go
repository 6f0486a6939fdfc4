package oidc_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	oidceventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// mustRefresh gives the successor of a token.
func (w *world) mustRefresh(token string) string {
	w.t.Helper()
	a := w.refresh(&registered{Client: &oidcv1.Client{ClientId: "spa"}}, token)
	if a.status != http.StatusOK {
		w.t.Fatalf("%d %s", a.status, a.Error)
	}
	return a.Refresh
}

func TestOlderTokenWithinItsGraceGetsThePresentOne(t *testing.T) {
	w := start(t)
	c := w.client(public)
	t1 := w.tokens(c).Refresh
	t2 := w.mustRefresh(t1)
	w.Clock.Advance(2 * time.Second)
	t3 := w.mustRefresh(t2)
	w.Clock.Advance(8 * time.Second) // ten seconds after t1 was superseded, eight after t2
	w.Restart()
	w.dial()
	if got := w.mustRefresh(t1); got != t3 {
		t.Error("t1 did not get the present token")
	}
	if got := w.mustRefresh(t2); got != t3 {
		t.Error("t2 did not get the present token")
	}
	t4 := w.mustRefresh(t3)
	if got := w.mustRefresh(t1); got != t4 {
		t.Error("t1 did not get the token that is present by now")
	}
}

// However busy the honest client is: a token's grace begins when it is superseded, not whenever another one is.
func TestOlderTokenAfterItsGraceIsTheft(t *testing.T) {
	w := start(t)
	c := w.client(public)
	revoked := testkit.Watch[oidceventsv1.GrantRevoked](w.Env)
	stolen := w.tokens(c).Refresh
	present := w.mustRefresh(stolen)
	for range 11 {
		w.Clock.Advance(time.Second)
		present = w.mustRefresh(present)
	}
	w.wantError(w.refresh(c, stolen), badRequest, "invalid_grant")
	w.wantError(w.refresh(c, present), badRequest, "invalid_grant")
	if e := revoked.Wait(1)[0]; e.GetCause() != "refresh_reuse" {
		t.Errorf("event %v", e)
	}
}

// A mobile app whose parts refresh on their own: twelve times in four seconds, several at once, some with a token that another
// part has superseded meanwhile.
func TestBusyMobileAppKeepsItsGrant(t *testing.T) {
	w := start(t)
	c := w.client(public)
	known := []string{w.tokens(c).Refresh}
	for range 4 {
		w.Clock.Advance(time.Second)
		var mu sync.Mutex
		var parts sync.WaitGroup
		for _, token := range []string{known[len(known)-1], known[0], known[len(known)/2]} {
			parts.Go(func() {
				a := w.refresh(c, token)
				mu.Lock()
				defer mu.Unlock()
				if a.status != http.StatusOK {
					t.Errorf("%d %s", a.status, a.Error)
				}
				known = append(known, a.Refresh)
			})
		}
		parts.Wait()
		last := w.mustRefresh(known[len(known)-1])
		known = append(known, last, w.mustRefresh(last))
	}
	w.Clock.Advance(time.Second)
	w.mustRefresh(w.mustRefresh(known[0]))
}

// A replica of the version before rotates without noting when: what it leaves behind is judged as that version did.
func TestRotationsOfTheVersionBefore(t *testing.T) {
	w := start(t)
	c := w.client(public)
	t1 := w.tokens(c).Refresh
	t2 := w.mustRefresh(t1)
	old := func() {
		w.Clock.Advance(time.Second)
		_, err := w.Pool().Exec(w.ctx, `UPDATE oidc.grants SET generation = generation + 1, rotated_at = $1`, w.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
	}
	old()
	t3 := w.mustRefresh(t2) // a retry: the answer got lost
	w.Clock.Advance(time.Second)
	t4 := w.mustRefresh(t3)
	if got := w.mustRefresh(t3); got != t4 {
		t.Error("a retry did not get the present token")
	}
	w.wantError(w.refresh(c, t1), badRequest, "invalid_grant")
	w.wantError(w.refresh(c, t4), badRequest, "invalid_grant")
}
