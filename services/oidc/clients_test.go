package oidc_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// What a replica remembers of a client is of seconds ago at most, even if no word of a change ever reaches it.
func TestClientsAreRememberedForSeconds(t *testing.T) {
	w := start(t)
	c := w.client()
	w.tokens(c, "scope", "openid offline_access")
	const newKey = "another replica has put this one"
	if _, err := w.Pool().Exec(w.ctx, `UPDATE oidc.client_secrets SET hash = $1 WHERE client_id = 'agency'`, secret.HashToken(newKey)); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(5 * time.Second)
	w.wantError(w.redeem(c, "x"), unauthorized, "invalid_client")
	changed := &registered{Client: &oidcv1.Client{ClientId: "agency"}, ClientSecret: newKey}
	w.wantError(w.redeem(changed, "x"), badRequest, "invalid_grant")
	if _, err := w.Pool().Exec(w.ctx, `DELETE FROM oidc.clients WHERE id = 'agency'`); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(5 * time.Second)
	w.wantError(w.redeem(changed, "x"), unauthorized, "invalid_client")
}

func TestReplicaThatChangesAClientForgetsItAtOnce(t *testing.T) {
	w := start(t)
	c := w.client()
	w.tokens(c)
	next := w.client(func(r *registered) {
		r.ClientSecret, r.RedirectUris = "another secret of the same client", []string{callback + "2"}
	})
	w.wantError(w.redeem(c, "x"), unauthorized, "invalid_client")
	w.wantError(w.redeem(next, "x"), badRequest, "invalid_grant")
	if rec := w.at(w.session).get(authorize("agency")); rec.Code != http.StatusBadRequest {
		t.Errorf("the old address: %d", rec.Code)
	}
}
