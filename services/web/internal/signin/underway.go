package signin

import (
	"slices"
	"strings"
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// signIns are the sign-ins that this browser has under way. account ends them sooner.
func signIns() page.Flow { return page.Flow{Name: "step", Life: time.Hour, Keep: 4} }

// underWay is what a sign-in needs to go on.
type underWay struct {
	// Token completes its steps; empty: it is done.
	Token string `json:"t,omitempty"`
	// Next is where it leads.
	Next string `json:"n"`
	// Again: it proves a session anew, and does not begin one.
	Again bool `json:"a,omitempty"`
	// Resend is from when on another code can be sent; zero: none was.
	Resend time.Time `json:"r,omitzero"`
}

// restart is the page where another begins.
func (u underWay) restart() string {
	switch {
	case interactionOf(u.Next) != "":
		return u.Next
	case u.Again:
		return paths.WithNext(paths.Reauthenticate, u.Next)
	default:
		return paths.WithNext(paths.SignIn, u.Next)
	}
}

// interactionOf is the partner's sign-in that a path of ours is the page of; empty: it is another page.
func interactionOf(next string) string {
	id, ok := strings.CutPrefix(next, paths.Interactions)
	if !ok {
		return ""
	}
	id, _, _ = strings.Cut(id, "?")
	return id
}

// preferred are the kinds of steps in the order in which they are offered: what is hardest to steal first, what runs out last.
func preferred() []accountv1.StepKind {
	return []accountv1.StepKind{
		accountv1.StepKind_PASSWORD, accountv1.StepKind_PASSKEY, accountv1.StepKind_TOTP, accountv1.StepKind_SMS_CODE,
		accountv1.StepKind_BACKUP_CODE, accountv1.StepKind_TRUSTED_CONTACT,
	}
}

// ordered are those of the steps that pages have, in the order in which they are offered.
func ordered(steps []*accountv1.Step) []*accountv1.Step {
	var out []*accountv1.Step
	for _, kind := range preferred() {
		if i := slices.IndexFunc(steps, func(s *accountv1.Step) bool { return s.GetKind() == kind }); i >= 0 {
			out = append(out, steps[i])
		}
	}
	return out
}

// sendFirst sends the code that the page is going to ask for. What keeps it from that is said when the person asks for the code. The
// trusted contact is sent one only when the person asks for it.
func (f Forms) sendFirst(r *page.Request, u *underWay, steps []*accountv1.Step) {
	offered := ordered(steps)
	if len(offered) == 0 || offered[0].GetKind() != accountv1.StepKind_SMS_CODE || offered[0].GetCodeExpireTime() != nil {
		return
	}
	if err := f.send(r, u, offered[0]); err != nil {
		f.Log.Info("the first code was not sent", "error", err)
	}
}

// send sends the code of a step.
func (f Forms) send(r *page.Request, u *underWay, step *accountv1.Step) error {
	sent, err := f.SignIns.SendStepCode(r.Context(), &accountv1.SendStepCodeRequest{
		SignInToken: u.Token, StepId: step.GetStepId(), Surface: accountv1.Surface_PAGES,
	})
	if err == nil {
		u.Resend = progress.Time(sent.GetResendTime())
	}
	return err
}
