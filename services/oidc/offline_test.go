package oidc_test

import (
	"net/http"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// endOffline publishes the person's wish, with the sessions that ended with it.
func (w *world) endOffline(sessions ...string) {
	w.t.Helper()
	w.Publish("account", "oidc", w.person, &accounteventsv1.OfflineAccessEnded{AccountId: w.person, SessionIds: sessions})
}

// What outlives sessions ends when its person wants it, and only that person's.
func TestOfflineAccessEndsWhenItsPersonWantsIt(t *testing.T) {
	w := start(t)
	revoked := testkit.Watch[eventsv1.GrantRevoked](w.Env)
	c := w.client()
	offline := w.tokens(c, "scope", "openid offline_access")
	w.signOut(w.session)
	w.session = w.signIn(accountv1.Level_CONFIRMED)
	bound := w.tokens(c)
	person := w.person
	w.person = secret.NewID().String()
	w.session = w.signIn(accountv1.Level_CONFIRMED)
	others := w.tokens(c, "scope", "openid offline_access")
	w.person = person
	if status, _ := w.userinfo(offline.Access); status != http.StatusOK {
		t.Fatalf("offline access ended with its session: %d", status)
	}
	w.endOffline()
	w.mustDie(offline.Access)
	w.wantError(w.refresh(c, offline.Refresh), http.StatusBadRequest, "invalid_grant")
	for name, a := range map[string]tokenAnswer{"of a session that goes on": bound, "another person's": others} {
		if status, _ := w.userinfo(a.Access); status != http.StatusOK {
			t.Errorf("%s: %d", name, status)
		}
	}
	if e := revoked.Wait(1); len(e) != 1 || e[0].GetCause() != "offline_access_ended" || e[0].GetAccountId() != person {
		t.Errorf("events %v", e)
	}
}

// Whichever event comes first, a code of a session that has ended gives no access that outlives it.
func TestNoCodeOfAnEndedSessionGivesOfflineAccess(t *testing.T) {
	w := start(t)
	c := w.client()
	code := w.code(request(c.GetClientId(), "scope", "openid offline_access"))
	dies := w.tokens(c, "scope", "openid offline_access")
	bound := w.tokens(c)
	w.endOffline(w.session) // account, which is asked first, does not know yet that the session has ended
	w.mustDie(dies.Access)
	w.mustDie(bound.Access)
	w.wantError(w.redeem(c, code), http.StatusBadRequest, "invalid_grant")
}

func TestPartnersThatWereSignedInTo(t *testing.T) {
	w := start(t)
	account := oidcv1.NewOIDCServiceClient(w.Dial("account", "oidc"))
	list := func(since time.Time) []*oidcv1.PartnerSignIn {
		t.Helper()
		out, err := account.ListPartnerSignIns(w.ctx, &oidcv1.ListPartnerSignInsRequest{
			AccountId: w.person, SinceTime: timestamppb.New(since),
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.GetSignIns()
	}
	first, spa := w.client(), w.client(public)
	before := w.Clock.Now()
	w.tokens(first)
	w.Clock.Advance(time.Minute)
	since := w.Clock.Now()
	w.tokens(spa)
	w.Clock.Advance(time.Minute)
	w.tokens(first)
	all := list(before)
	if len(all) != 2 || all[0].GetPartner().GetClientId() != "agency" || all[1].GetPartner().GetClientId() != "spa" ||
		all[0].GetPartner().GetNames()["en"] != "Agency" || all[0].GetPartner().GetHost() != "agency.example.ru" ||
		!all[0].GetTime().AsTime().Equal(w.Clock.Now()) {
		t.Errorf("%v", all)
	}
	if late := list(since.Add(time.Second)); len(late) != 1 || late[0].GetPartner().GetClientId() != "agency" {
		t.Errorf("%v", late)
	}
	if none := list(w.Clock.Now().Add(time.Second)); len(none) != 0 {
		t.Errorf("%v", none)
	}
	_, err := w.pages.ListPartnerSignIns(w.ctx, &oidcv1.ListPartnerSignInsRequest{AccountId: w.person, SinceTime: timestamppb.Now()})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
}
