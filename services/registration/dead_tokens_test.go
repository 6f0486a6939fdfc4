package registration_test

import (
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// A completion token that is spent or too old is given to nobody as if it worked.
func TestARepeatedProofGivesNoDeadToken(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(w *world, id, token string)
		want errorsv1.Reason
	}{
		"completed": {func(w *world, id, token string) {
			if _, err := w.complete(w.ctx, id, token, password); err != nil {
				t.Fatal(err)
			}
		}, errorsv1.Reason_REGISTRATION_WRONG_STATE},
		"expired": {func(w *world, _, _ string) { w.Clock.Advance(time.Hour) }, errorsv1.Reason_REGISTRATION_EXPIRED},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			id := w.start(form()).GetId()
			w.Clock.Advance(71 * time.Hour)
			again := func() (string, error) { return w.verify(testkit.WithKey(w.ctx, "verify-key-"+name), id, rightCode) }
			token, err := again()
			if err != nil {
				t.Fatal(err)
			}
			if same, err := again(); err != nil || same != token {
				t.Fatalf("the repeated request: %v", err)
			}
			c.end(w, id, token)
			_, err = again()
			wantReason(t, err, c.want)
		})
	}
}
