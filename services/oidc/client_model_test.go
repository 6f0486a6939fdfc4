package oidc_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidceventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// create registers a developer's client.
func (w *world) create(c *oidcv1.Client) *registered {
	w.t.Helper()
	out, err := w.sandbox.CreateClient(w.ctx, &oidcv1.CreateClientRequest{Client: c})
	if err != nil {
		w.t.Fatal(err)
	}
	return &registered{Client: out.GetClient(), ClientSecret: out.GetClientSecret()}
}

// A developer gets a client that works at once, with what common libraries do of themselves.
func TestADeveloperMakesAClient(t *testing.T) {
	w := start(t)
	c := w.create(&oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	if len(c.ClientSecret) < 40 || c.GetAuthMethod() != "client_secret_post" || c.GetPkce() != oidcv1.Client_OPTIONAL ||
		c.GetIdTokenAlg() != "RS256" || c.GetType() != oidcv1.Client_CONFIDENTIAL || c.GetOwner() != "sandbox" || len(c.GetSecrets()) != 1 {
		t.Errorf("made %v", c.Client)
	}
	w.tokens(c)
	public := w.create(&oidcv1.Client{Type: oidcv1.Client_PUBLIC, Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	if public.ClientSecret != "" || public.GetAuthMethod() != "none" || public.GetPkce() != oidcv1.Client_REQUIRED {
		t.Errorf("made %v", public.Client)
	}
	w.tokens(public)
	got, err := w.sandbox.GetClient(w.ctx, &oidcv1.GetClientRequest{ClientId: c.GetClientId()})
	if err != nil || !slices.Equal(got.GetRedirectUris(), []string{callback}) || len(got.GetSecrets()) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	_, err = w.sandbox.CreateClient(w.ctx, &oidcv1.CreateClientRequest{Client: &oidcv1.Client{ClientId: "mine"}})
	wantField(t, err, "client_id", errorsv1.Reason_FIELD_NOT_EDITABLE)
}

func TestClientsAreListedByPage(t *testing.T) {
	w := start(t)
	w.client()
	w.client(public)
	var ids []string
	for token, more := "", true; more; more = token != "" {
		page, err := w.sandbox.ListClients(w.ctx, &oidcv1.ListClientsRequest{PageSize: 2, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.GetClients() {
			ids = append(ids, c.GetClientId())
		}
		token = page.GetNextPageToken()
	}
	if !slices.Equal(ids, []string{"agency", "sandbox-app", "sandbox-page", "spa"}) {
		t.Errorf("listed %v", ids)
	}
}

// What is applied once more changes nothing; what would change is told without changing it, and what did is on record by its name.
func TestApplyingTwiceChangesNothing(t *testing.T) {
	w := start(t)
	told := testkit.Watch[oidceventsv1.ClientChanged](w.Env)
	c := w.client()
	apply := func(r *oidcv1.ApplyClientRequest) *oidcv1.ApplyClientResponse {
		t.Helper()
		out, err := w.sandbox.ApplyClient(w.ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if again := apply(c.apply()); len(again.GetChanged()) != 0 || again.GetCreated() {
		t.Errorf("the same again: %v", again)
	}
	c.StartUrl, c.Policy = "https://agency.example.ru/x", &oidcv1.ClientPolicy{SecondFactor: true}
	dry := c.apply()
	dry.DryRun = true
	if diff := apply(dry).GetChanged(); !slices.Equal(diff, []string{"start_url", "policy"}) {
		t.Errorf("would change %v", diff)
	}
	if diff := apply(dry).GetChanged(); len(diff) != 2 {
		t.Errorf("a dry run has changed something: %v", diff)
	}
	c.ClientSecret = "another secret of the same client, long"
	if diff := apply(c.apply()).GetChanged(); !slices.Equal(diff, []string{"start_url", "policy", "secrets"}) {
		t.Errorf("changed %v", diff)
	}
	testkit.Eventually(t, "the events", func() bool {
		return slices.ContainsFunc(told.All(), func(e *oidceventsv1.ClientChanged) bool {
			return e.GetClientId() == "agency" && slices.Equal(e.GetChanged(), []string{"start_url", "policy", "secrets"})
		})
	})
}

// While a secret changes, both work; then the old one ends by itself, or at once.
func TestSecretsOverlap(t *testing.T) {
	w := start(t)
	c := w.create(&oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	works := func(secret string) bool {
		t.Helper()
		return w.redeem(&registered{Client: c.Client, ClientSecret: secret}, "x").Error == "invalid_grant"
	}
	added, err := w.sandbox.AddClientSecret(w.ctx, &oidcv1.AddClientSecretRequest{
		ClientId: c.GetClientId(), OthersExpireTime: timestamppb.New(w.Clock.Now().Add(time.Hour)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !works(c.ClientSecret) || !works(added.GetClientSecret()) || works("") || works("wrong") {
		t.Error("not both secrets work, or others do")
	}
	w.Clock.Advance(time.Hour)
	if works(c.ClientSecret) || !works(added.GetClientSecret()) {
		t.Error("the old secret did not end, or the new one did")
	}
	_, err = w.sandbox.DeleteClientSecret(w.ctx, &oidcv1.DeleteClientSecretRequest{ClientId: c.GetClientId(), SecretId: added.GetSecretId()})
	if err != nil || works(added.GetClientSecret()) {
		t.Errorf("a secret that was removed works; %v", err)
	}
	_, err = w.sandbox.DeleteClientSecret(w.ctx, &oidcv1.DeleteClientSecretRequest{ClientId: c.GetClientId(), SecretId: added.GetSecretId()})
	wantReason(t, err, errorsv1.Reason_NOT_FOUND)
	_, err = w.sandbox.AddClientSecret(w.ctx, &oidcv1.AddClientSecretRequest{
		ClientId: c.GetClientId(), ExpireTime: timestamppb.New(w.Clock.Now()),
	})
	wantField(t, err, "expire_time", errorsv1.Reason_FIELD_OUT_OF_RANGE)
}

func TestSettingsAreUpdatedByMask(t *testing.T) {
	w := start(t)
	c := w.create(&oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	update := func(change *oidcv1.Client, paths ...string) (*oidcv1.Client, error) {
		change.ClientId = c.GetClientId()
		return w.sandbox.UpdateClient(w.ctx, &oidcv1.UpdateClientRequest{
			Client: change, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths},
		})
	}
	got, err := update(&oidcv1.Client{IdTokenAlg: "ES256", Contact: "a@b.ru"}, "id_token_alg")
	if err != nil || got.GetIdTokenAlg() != "ES256" || got.GetContact() != "" || !slices.Equal(got.GetRedirectUris(), []string{callback}) {
		t.Errorf("%v, %v", got, err)
	}
	_, err = update(&oidcv1.Client{}, "redirect_uris")
	wantField(t, err, "redirect_uris", errorsv1.Reason_FIELD_REQUIRED)
	_, err = update(&oidcv1.Client{Owner: "me"}, "owner")
	wantField(t, err, "owner", errorsv1.Reason_FIELD_NOT_EDITABLE)
	_, err = update(&oidcv1.Client{}, "names.ru")
	wantField(t, err, "update_mask", errorsv1.Reason_FIELD_UNKNOWN)
	w.tokens(c)

	w.client()
	_, err = w.sandbox.UpdateClient(w.ctx, &oidcv1.UpdateClientRequest{
		Client: &oidcv1.Client{ClientId: "agency"}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"contact"}},
	})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
}

// A client that is disabled gets nothing, and what it has is of no use; enabled again, it goes on.
func TestADisabledClientGetsNothing(t *testing.T) {
	w := start(t)
	c := w.client()
	a := w.tokens(c, "scope", "openid offline_access")
	w.client(func(r *registered) { r.Disabled = true })
	if status, _ := w.userinfo(a.Access); status != http.StatusUnauthorized {
		t.Errorf("userinfo: %d", status)
	}
	w.wantError(w.refresh(c, a.Refresh), unauthorized, "invalid_client")
	wantRefusal(t, w.browser().get(authorize("agency")), http.StatusBadRequest, errorsv1.Reason_CLIENT_UNKNOWN)
	w.client()
	if again := w.refresh(c, a.Refresh); again.status != http.StatusOK {
		t.Errorf("enabled again: %d %s", again.status, again.Error)
	}
}

func TestADeletedClientLeavesNothing(t *testing.T) {
	w := start(t)
	c := w.create(&oidcv1.Client{Names: names("Проба", "Trial"), RedirectUris: []string{callback}})
	a := w.tokens(c, "scope", "openid email offline_access")
	revoked := testkit.Watch[oidceventsv1.GrantRevoked](w.Env)
	deleted := testkit.Watch[oidceventsv1.ClientDeleted](w.Env)
	if _, err := w.sandbox.DeleteClient(w.ctx, &oidcv1.DeleteClientRequest{ClientId: c.GetClientId()}); err != nil {
		t.Fatal(err)
	}
	if status, _ := w.userinfo(a.Access); status != http.StatusUnauthorized {
		t.Errorf("userinfo: %d", status)
	}
	w.wantError(w.refresh(c, a.Refresh), unauthorized, "invalid_client")
	var left int
	err := w.Pool().QueryRow(w.ctx, `SELECT (SELECT count(*) FROM oidc.clients WHERE id = $1)
		+ (SELECT count(*) FROM oidc.client_secrets WHERE client_id = $1) + (SELECT count(*) FROM oidc.consents WHERE client_id = $1)
		+ (SELECT count(*) FROM oidc.grants WHERE client_id = $1 AND revoked_at IS NULL)`, c.GetClientId()).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d rows are left, %v", left, err)
	}
	if e := revoked.Wait(1)[0]; e.GetCause() != "client_deleted" || e.GetClientId() != c.GetClientId() {
		t.Errorf("event %v", e)
	}
	if e := deleted.Wait(1)[0]; e.GetClientId() != c.GetClientId() {
		t.Errorf("event %v", e)
	}
	_, err = w.sandbox.DeleteClient(w.ctx, &oidcv1.DeleteClientRequest{ClientId: c.GetClientId()})
	wantReason(t, err, errorsv1.Reason_CLIENT_UNKNOWN)
}

// `sub` is what partners know their people by: it stays when an address moves to another host.
func TestASubjectStaysWhenAddressesMove(t *testing.T) {
	w := start(t)
	before := claims(t, w.tokens(w.client()).ID)["sub"]
	const moved = "https://agency.new.example.ru/callback"
	c := w.client(func(r *registered) { r.RedirectUris = []string{moved} })
	a := w.redeem(c, w.code(request("agency", "redirect_uri", moved)), "redirect_uri", moved)
	if after := claims(t, a.ID)["sub"]; after != before {
		t.Errorf("%v became %v", before, after)
	}
}

// A client that the version before has registered is what it was, and takes over its secret and its sector when it changes.
func TestAClientOfTheVersionBefore(t *testing.T) {
	w := start(t)
	c := w.client()
	before := claims(t, w.tokens(c).ID)["sub"]
	_, err := w.Pool().Exec(w.ctx, `UPDATE oidc.clients SET settings = '{}', sector = '' WHERE id = 'agency'`)
	if err == nil {
		_, err = w.Pool().Exec(w.ctx, `DELETE FROM oidc.client_secrets`)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(5 * time.Second)
	if after := claims(t, w.tokens(c).ID)["sub"]; after != before {
		t.Errorf("%v became %v", before, after)
	}
	kept := *c
	kept.ClientSecret = ""
	kept.StartUrl = "https://agency.example.ru/x"
	if _, err := w.sandbox.ApplyClient(w.ctx, kept.apply()); err != nil {
		t.Fatal(err)
	}
	w.tokens(c)
}
