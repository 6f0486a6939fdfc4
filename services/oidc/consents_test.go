package oidc_test

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// sites is the contract of people's consents, as the person uses it.
func (w *world) sites() (oidcv1.ConsentServiceClient, context.Context) {
	w.t.Helper()
	return oidcv1.NewConsentServiceClient(w.Dial("gateway", "oidc")), w.As(w.person, rpc.Level(accountv1.Level_CONFIRMED))
}

func (w *world) consents() []*oidcv1.Consent {
	w.t.Helper()
	api, ctx := w.sites()
	list, err := api.ListConsents(ctx, &oidcv1.ListConsentsRequest{AccountId: w.person})
	if err != nil {
		w.t.Fatal(err)
	}
	return list.GetConsents()
}

func (w *world) grants() []*oidcv1.Grant {
	w.t.Helper()
	api, ctx := w.sites()
	list, err := api.ListGrants(ctx, &oidcv1.ListGrantsRequest{AccountId: w.person})
	if err != nil {
		w.t.Fatal(err)
	}
	return list.GetGrants()
}

func (w *world) withdraw(clientID string) error {
	w.t.Helper()
	api, ctx := w.sites()
	_, err := api.WithdrawConsent(ctx, &oidcv1.WithdrawConsentRequest{AccountId: w.person, ClientId: clientID})
	return err
}

func (w *world) mustWithdraw(clientID string) {
	w.t.Helper()
	if err := w.withdraw(clientID); err != nil {
		w.t.Fatal(err)
	}
}

// refusesAll asks that neither token of an answer is good for anything.
func (w *world) refusesAll(c *registered, a tokenAnswer) {
	w.t.Helper()
	if status, _ := w.userinfo(a.Access); status != http.StatusUnauthorized {
		w.t.Errorf("userinfo answers %d", status)
	}
	w.wantError(w.refresh(c, a.Refresh), http.StatusBadRequest, "invalid_grant")
}

func TestAPersonSeesWhatASiteGets(t *testing.T) {
	w := startWithPeople(t)
	c := w.client(volunteers("email", "gender"))
	agreed := w.Clock.Now()
	a := w.agree(c, "openid profile email snils offline_access", "gender")
	if before := w.consents()[0]; before.LastReleaseTime != nil || before.GetReleaseCount() != 0 {
		t.Errorf("nothing was given yet: %v", before)
	}
	w.Clock.Advance(time.Minute)
	w.wantClaims(a.Access, []string{"email", "family_name", "snils"}, []string{"gender"})
	list := w.consents()
	if len(list) != 1 {
		t.Fatalf("%v", list)
	}
	got := list[0]
	if s := got.GetSite(); s.GetClientId() != "agency" || s.GetName() == "" || s.GetHost() != "agency.example.ru" || s.GetStartUrl() == "" {
		t.Errorf("site %v", s)
	}
	if !got.GetAgreeTime().AsTime().Equal(agreed) || !got.GetLastReleaseTime().AsTime().Equal(w.Clock.Now()) ||
		got.GetReleaseCount() != 1 || !got.GetOfflineAccess() || got.GetOutdated() {
		t.Errorf("%v", got)
	}
	seen := map[string]string{}
	for _, claim := range got.GetClaims() {
		seen[claim.GetClaim()] = fmt.Sprint(claim.GetVoluntary(), claim.GetDeclined(), claim.GetLastReleaseTime() != nil)
	}
	want := map[string]string{
		"family_name": "false false true", "given_name": "false false true", "middle_name": "false false true",
		"birthdate": "false false true", "locale": "false false true", "snils": "false false true",
		"gender": "true true false", "email": "true false true",
	}
	if !reflect.DeepEqual(seen, want) {
		t.Errorf("claims %v, want %v", seen, want)
	}
}

// A withdrawal is final when it is answered: on every replica, for access tokens, refresh tokens, and codes on their way.
func TestAWithdrawalEndsEverythingAtOnce(t *testing.T) {
	w := startWithPeople(t)
	other := *w
	other.Env = w.Replica()
	other.dial()
	withdrawn := testkit.Watch[eventsv1.ConsentWithdrawn](w.Env)
	revoked := testkit.Watch[eventsv1.GrantRevoked](w.Env)
	c, spa := w.client(), w.client(public)
	first := w.tokens(c, "scope", "openid email offline_access")
	second := w.tokens(c, "scope", "openid email")
	bystander := w.tokens(spa, "scope", "openid email")
	code := w.redirectedCode(c, "scope", "openid email")
	for _, replica := range []*world{w, &other} { // both have seen the tokens and remember what they can
		for _, a := range []tokenAnswer{first, second} {
			if status, _ := replica.userinfo(a.Access); status != http.StatusOK {
				t.Fatalf("userinfo: %d", status)
			}
		}
	}
	first.Refresh = other.refresh(c, first.Refresh).Refresh
	w.mustWithdraw("agency")
	for _, replica := range []*world{&other, w} {
		replica.refusesAll(c, first)
		replica.refusesAll(c, second)
		replica.wantError(replica.redeem(c, code), http.StatusBadRequest, "invalid_grant")
		if got := replica.needs(replica.begin(replica.browser(), request("agency", "scope", "openid email")), w.session); !slices.Contains(got, oidcv1.Need_CONSENT) {
			t.Errorf("needs %v", got)
		}
	}
	if status, _ := w.userinfo(bystander.Access); status != http.StatusOK {
		t.Errorf("another site's tokens: %d", status)
	}
	if left := w.consents(); len(left) != 1 || left[0].GetSite().GetClientId() != "spa" {
		t.Errorf("%v is left", left)
	}
	w.mustWithdraw("agency") // again
	if e := withdrawn.Wait(1); e[0].GetClientId() != "agency" || e[0].GetAccountId() != w.person {
		t.Errorf("%v", e)
	}
	for _, e := range revoked.Wait(2) {
		if e.GetCause() != "consent_withdrawn" || e.GetClientId() != "agency" {
			t.Errorf("%v", e)
		}
	}
	again := w.tokens(c, "scope", "openid email") // in the same instant
	w.wantClaims(again.Access, []string{"email"}, nil)
	w.wantError(w.redeem(c, code), http.StatusBadRequest, "invalid_grant")
	if n := len(withdrawn.All()); n != 1 {
		t.Errorf("%d withdrawals are on record", n)
	}
}

// redirectedCode is a code that the person need not do anything for.
func (w *world) redirectedCode(c *registered, pairs ...string) string {
	w.t.Helper()
	a := answer(w.t, w.at(w.session).get(authorize(c.GetClientId(), pairs...)))
	if a.Get("code") == "" {
		w.t.Fatalf("no code: %v", a)
	}
	return a.Get("code")
}

func TestNothingIsWithdrawnThatWasNeverAgreedTo(t *testing.T) {
	w := start(t)
	w.client()
	for _, id := range []string{"agency", "nobody", "", "no such id", strings.Repeat("x", 64)} {
		wantReason(t, w.withdraw(id), errorsv1.Reason_CONSENT_NOT_FOUND)
	}
	wantReason(t, w.withdraw(strings.Repeat("x", 65)), errorsv1.Reason_VALIDATION_FAILED)
}

// Whichever of a withdrawal and the redemptions and refreshes beside it comes first, nothing lives afterwards.
func TestAWithdrawalWhileTokensAreRefreshed(t *testing.T) {
	w := startWithPeople(t)
	c := w.client()
	for round := range 8 {
		a := w.tokens(c, "scope", "openid email offline_access")
		codes := []string{w.redirectedCode(c, "scope", "openid email"), w.redirectedCode(c, "scope", "openid email")}
		answers := make([]tokenAnswer, 4)
		start := make(chan struct{})
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				<-start
				if i < len(codes) {
					answers[i] = w.redeem(c, codes[i])
					return
				}
				answers[i] = w.refresh(c, a.Refresh)
			})
		}
		wg.Go(func() { <-start; w.mustWithdraw("agency") })
		close(start)
		wg.Wait()
		for _, got := range append(answers, a) {
			if got.Access != "" {
				w.refusesAll(c, got)
			}
		}
		if live := w.grants(); len(live) != 0 {
			t.Fatalf("round %d: %v lives", round, live)
		}
	}
}

func TestLiveSignInsAreListedAndEnded(t *testing.T) {
	w := startWithPeople(t)
	revoked := testkit.Watch[eventsv1.GrantRevoked](w.Env)
	c := w.client()
	bound := w.tokens(c, "scope", "openid email")
	w.Clock.Advance(time.Minute)
	offline := w.tokens(c, "scope", "openid offline_access")
	list := w.grants()
	if len(list) != 2 || !list[0].GetOffline() || list[1].GetOffline() || list[0].GetSite().GetHost() != "agency.example.ru" ||
		!list[0].GetCreateTime().AsTime().Equal(w.Clock.Now()) {
		t.Fatalf("%v", list)
	}
	w.Clock.Advance(time.Minute)
	offline = w.refresh(c, offline.Refresh)
	if got := w.grants()[0]; !got.GetLastUseTime().AsTime().Equal(w.Clock.Now()) || !slices.Equal(got.GetScopes(), []string{"openid", "offline_access"}) {
		t.Errorf("%v", got)
	}
	api, ctx := w.sites()
	end := func(id string) error {
		_, err := api.EndGrant(ctx, &oidcv1.EndGrantRequest{AccountId: w.person, GrantId: id})
		return err
	}
	for range 2 { // what has ended stays ended
		if err := end(list[0].GetId()); err != nil {
			t.Fatal(err)
		}
	}
	w.refusesAll(c, offline)
	if status, _ := w.userinfo(bound.Access); status != http.StatusOK {
		t.Errorf("the other one: %d", status)
	}
	if e := revoked.Wait(1); e[0].GetCause() != "ended_by_person" || e[0].GetGrantId() != list[0].GetId() {
		t.Errorf("%v", e)
	}
	if left := w.grants(); len(left) != 1 || left[0].GetId() != list[1].GetId() {
		t.Errorf("%v", left)
	}
	for _, id := range []string{"", "x", secret.NewID().String()} {
		wantReason(t, end(id), errorsv1.Reason_GRANT_NOT_FOUND)
	}
	w.signOut(w.session)
	testkit.Eventually(t, "the sign-in ends with its session", func() bool { return len(w.grants()) == 0 })
}

// Nobody sees or ends what is another's, by whatever name of whose it is.
func TestConsentsAreTheirPersonsOwn(t *testing.T) {
	w := startWithPeople(t)
	c := w.client()
	victim, a := w.person, w.tokens(c, "scope", "openid email")
	grant := w.grants()[0].GetId()
	w.person = secret.NewID().String()
	api, stranger := w.sites()
	_, err := api.EndGrant(stranger, &oidcv1.EndGrantRequest{AccountId: w.person, GrantId: grant})
	wantReason(t, err, errorsv1.Reason_GRANT_NOT_FOUND)
	wantReason(t, w.withdraw("agency"), errorsv1.Reason_CONSENT_NOT_FOUND)
	if len(w.consents()) != 0 || len(w.grants()) != 0 {
		t.Errorf("sees %v, %v", w.consents(), w.grants())
	}
	for want, ctx := range map[errorsv1.Reason]context.Context{
		errorsv1.Reason_PERMISSION_DENIED: stranger, errorsv1.Reason_UNAUTHENTICATED: context.Background(),
	} {
		_, errs := api.ListConsents(ctx, &oidcv1.ListConsentsRequest{AccountId: victim})
		_, errGrants := api.ListGrants(ctx, &oidcv1.ListGrantsRequest{AccountId: victim})
		_, errEnd := api.EndGrant(ctx, &oidcv1.EndGrantRequest{AccountId: victim, GrantId: grant})
		_, errWithdraw := api.WithdrawConsent(ctx, &oidcv1.WithdrawConsentRequest{AccountId: victim, ClientId: "agency"})
		for _, err := range []error{errs, errGrants, errEnd, errWithdraw} {
			wantReason(t, err, want)
		}
	}
	for _, service := range []string{"account", "sandbox", "notification"} {
		other := oidcv1.NewConsentServiceClient(w.Dial(service, "oidc"))
		_, err := other.ListConsents(w.As(victim, rpc.Level(accountv1.Level_CONFIRMED)), &oidcv1.ListConsentsRequest{AccountId: victim})
		wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	}
	if status, _ := w.userinfo(a.Access); status != http.StatusOK {
		t.Errorf("a stranger has ended it: %d", status)
	}
}

// Lists are bounded, lead from page to page, and their tokens serve nobody else.
func TestConsentsArePaged(t *testing.T) {
	w := start(t)
	var want []string
	for i := range 5 {
		id := fmt.Sprintf("site-%d", i)
		want = append([]string{id}, want...)
		w.tokens(w.client(func(r *registered) { r.ClientId = id }))
		w.tokens(w.client(func(r *registered) { r.ClientId = id }))
		if i%2 == 0 { // the others are agreed to in the same instant
			w.Clock.Advance(time.Second)
		}
	}
	api, ctx := w.sites()
	var seen, grants []string
	var token string
	for r := (&oidcv1.ListConsentsRequest{AccountId: w.person, PageSize: 2}); ; r.PageToken = token {
		page, err := api.ListConsents(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.GetConsents() {
			seen = append(seen, c.GetSite().GetClientId())
		}
		if page.GetNextPageToken() == "" {
			break
		}
		token = page.GetNextPageToken()
	}
	if !slices.Equal(seen, want) {
		t.Errorf("seen %v, want %v", seen, want)
	}
	for r := (&oidcv1.ListGrantsRequest{AccountId: w.person, PageSize: 3}); ; {
		page, err := api.ListGrants(ctx, r)
		if err != nil || len(page.GetGrants()) > 3 {
			t.Fatal(len(page.GetGrants()), err)
		}
		for _, g := range page.GetGrants() {
			grants = append(grants, g.GetId())
		}
		if r.PageToken = page.GetNextPageToken(); r.GetPageToken() == "" {
			break
		}
	}
	slices.Sort(grants)
	if n := len(slices.Compact(grants)); n != 10 {
		t.Errorf("%d grants were seen, want 10", n)
	}
	w.person = secret.NewID().String()
	api, ctx = w.sites()
	_, err := api.ListConsents(ctx, &oidcv1.ListConsentsRequest{AccountId: w.person, PageToken: token})
	wantField(t, err, "page_token", errorsv1.Reason_PAGE_TOKEN_INVALID)
	_, err = api.ListGrants(ctx, &oidcv1.ListGrantsRequest{AccountId: w.person, PageSize: 101})
	wantField(t, err, "page_size", errorsv1.Reason_FIELD_OUT_OF_RANGE)
}
