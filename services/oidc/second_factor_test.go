package oidc_test

import (
	"net/http"
	"slices"
	"testing"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

func twoFactors(r *registered) {
	r.Policy = &oidcv1.ClientPolicy{SecondFactor: true, EssentialAcr: true}
}

// setAMR changes how the person is signed in, as a step-up does.
func (w *world) setAMR(amr ...string) {
	w.account.mu.Lock()
	defer w.account.mu.Unlock()
	w.account.sessions[w.session].Amr = amr
}

// A client that wants two factors gets nobody who was recognised by one: neither at once, nor silently, nor by a page that allows
// without having asked.
func TestAClientThatWantsTwoFactorsGetsThem(t *testing.T) {
	w := start(t)
	c := w.client(twoFactors)
	b := w.at(w.session)
	if a := w.partner(b, authorize(c.GetClientId(), "prompt", "none")); a.Get("error") != "login_required" {
		t.Errorf("silently: %v", a)
	}
	id := w.begin(b, request(c.GetClientId()))
	if needs := w.needs(id, w.session); len(needs) == 0 || needs[0] != oidcv1.Need_SECOND_FACTOR {
		t.Fatalf("needs %v", needs)
	}
	_, err := w.allow(id, []string{"openid"})
	wantReason(t, err, errorsv1.Reason_SECOND_FACTOR_REQUIRED)

	w.setAMR("pwd", "sms", "mfa")
	if needs := w.needs(id, w.session); slices.Contains(needs, oidcv1.Need_SECOND_FACTOR) {
		t.Fatalf("needs %v", needs)
	}
	next, err := w.allow(id, []string{"openid"})
	if err != nil {
		t.Fatal(err)
	}
	a := w.redeem(c, w.partner(b, next).Get("code"))
	if a.status != http.StatusOK {
		t.Fatalf("%+v", a)
	}
	if amr, _ := claims(t, a.ID)["amr"].([]any); !slices.Equal(amr, []any{"pwd", "sms", "mfa"}) {
		t.Errorf("amr %v", amr)
	}
}
