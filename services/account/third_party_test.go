package account_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// What third parties get is limited without a proof, told once for each change, and in an order that does not depend on who
// delivers what when.
func TestThirdPartyAccessIsLimited(t *testing.T) {
	w := start(t)
	changed := testkit.Watch[eventsv1.ThirdPartyAccessChanged](w.Env)
	h := w.holder(phone)
	w.Clock.Advance(21 * time.Minute)
	set := func(r *accountv1.UpdateSettingsRequest, want accountv1.ThirdPartyAccess) {
		t.Helper()
		got, err := h.settings(r)
		if err != nil || got.GetThirdPartyAccess() != want {
			t.Fatal(got, err)
		}
	}
	const limited, open = accountv1.ThirdPartyAccess_REQUIRED_ONLY, accountv1.ThirdPartyAccess_AS_AGREED
	set(&accountv1.UpdateSettingsRequest{Region: proto.String("77")}, open)
	for range 2 {
		set(&accountv1.UpdateSettingsRequest{ThirdPartyAccess: limited}, limited)
	}
	set(&accountv1.UpdateSettingsRequest{Region: proto.String("16")}, limited)
	set(&accountv1.UpdateSettingsRequest{ThirdPartyAccess: open}, open)
	_, err := h.settings(&accountv1.UpdateSettingsRequest{ThirdPartyAccess: 77})
	wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
	e := changed.Wait(2)
	if len(e) != 2 || e[0].GetThirdPartyAccess() != limited || e[1].GetThirdPartyAccess() != open || e[0].GetVersion() >= e[1].GetVersion() ||
		e[0].GetAccountId() != h.id {
		t.Errorf("%v", e)
	}
}
