package pages

import (
	"net/url"
	"time"

	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages/view"
)

// slowAfter is when the page stops promising a quick answer and says that we will write.
const slowAfter = 60 * time.Second

// verification shows how far the registries have answered.
func (p *Pages) verification(v *visit) error {
	if err := p.greet(v); err != nil {
		return err
	}
	got, err := p.Verifications.GetVerification(v.ctx, &verificationv1.GetVerificationRequest{
		AccountId: v.accountID(), VerificationId: v.r.PathValue("id"),
	})
	if err != nil {
		return err
	}
	if v.isPost() && v.action() == view.ActionRestart {
		if done, err := p.submit(v); err != nil || done {
			return err
		}
	}
	m := view.Verification{
		Page: v.page, State: got.GetState().String(), Slow: p.Now().Sub(got.GetCreateTime().AsTime()) > slowAfter,
	}
	for _, c := range got.GetChecks() {
		check := view.Check{Registry: c.GetRegistry().String(), State: c.GetState().String()}
		for _, reason := range c.GetReasons() {
			check.Reasons = append(check.Reasons, reason.String())
		}
		m.Checks = append(m.Checks, check)
	}
	return v.show(m)
}

func verificationPath(id string) string { return "/cabinet/verification/" + url.PathEscape(id) }
