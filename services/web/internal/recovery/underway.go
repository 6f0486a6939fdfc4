package recovery

import (
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// recovering is a recovery under way: it outlives the longest wait that an installation can set, and what follows it.
func recovering() page.Flow { return page.Flow{Name: "recovery", Life: 91 * 24 * time.Hour, Keep: 1} }

// recovered leads the other tabs of who has just recovered the account to the end.
func recovered() page.Flow { return page.Flow{Name: "recovered", Life: 15 * time.Minute, Keep: 1} }

const flowID = "own"

// underWay is what a recovery needs to go on.
type underWay struct {
	Token string `json:"t"`
	// Login is what was typed, for password managers.
	Login string `json:"l"`
	// Resend is from when on another code can be sent; zero: none was.
	Resend time.Time `json:"r,omitzero"`
}

// state finds the recovery that this browser has begun; false: it has none that goes on, and has been sent to begin anew.
func (f feature) state(r *page.Request) (u underWay, out *accountv1.Recovery, goesOn bool, err error) {
	if !r.ReadFlow(recovering(), flowID, &u) {
		onward := paths.Recover
		if done := false; r.ReadFlow(recovered(), flowID, &done) {
			onward = paths.Recovered
		}
		r.Redirect(onward)
		return u, nil, false, nil
	}
	out, err = f.Recoveries.GetRecovery(r.Context(), &accountv1.GetRecoveryRequest{
		RecoveryToken: u.Token, Surface: accountv1.Surface_PAGES,
	})
	if err != nil {
		return u, nil, false, f.over(r, err)
	}
	return u, out, true, nil
}

// over begins anew where the recovery is over, and else is the error.
func (f feature) over(r *page.Request, err error) error {
	if !errs.Is(err, errorsv1.Reason_RECOVERY_NOT_FOUND) {
		return err
	}
	r.EndFlow(recovering(), flowID)
	r.Redirect(paths.Recover + "?" + queryOver + "=1")
	return nil
}

// queryOver marks the page for somebody whose recovery is over.
const queryOver = "over"

// pageOf is where a recovery goes on.
func pageOf(s accountv1.Recovery_State) string {
	switch s {
	case accountv1.Recovery_READY:
		return paths.RecoverPassword
	case accountv1.Recovery_WAITING:
		return paths.RecoverWait
	case accountv1.Recovery_IMPOSSIBLE:
		return paths.RecoverLost
	case accountv1.Recovery_COMPLETED:
		return paths.Recovered
	default:
		return paths.RecoverStep
	}
}

// send sends the code of a step.
func (f feature) send(r *page.Request, u *underWay, step *accountv1.Step) error {
	sent, err := f.Recoveries.SendRecoveryCode(r.Context(), &accountv1.SendRecoveryCodeRequest{
		RecoveryToken: u.Token, StepId: step.GetStepId(), Surface: accountv1.Surface_PAGES,
	})
	if err == nil {
		u.Resend = progress.Time(sent.GetResendTime())
	}
	return err
}
