package verification

import (
	"time"

	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// slowAfter is when the page stops promising a quick answer and says that we will write.
const slowAfter = 60 * time.Second

// verification shows how far the registries have answered.
func (f feature) verification(r *page.Request) error {
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	got, err := f.Verifications.GetVerification(r.Context(), &verificationv1.GetVerificationRequest{
		AccountId: r.AccountID(), VerificationId: r.PathValue("id"),
	})
	if err != nil {
		return err
	}
	if r.IsPost() && r.Action() == actionRestart {
		if done, err := progress.Submit(r, f.Verifications); err != nil || done {
			return err
		}
	}
	m := Progress{
		Page: r.Page, State: got.GetState().String(), Slow: f.now().Sub(got.GetCreateTime().AsTime()) > slowAfter,
		ExpireTime: progress.Time(got.GetExpireTime()),
	}
	for _, c := range got.GetChecks() {
		check := Check{Registry: c.GetRegistry().String(), State: c.GetState().String()}
		for _, reason := range c.GetReasons() {
			check.Reasons = append(check.Reasons, reason.String())
		}
		m.Checks = append(m.Checks, check)
	}
	return r.Render(m)
}
