package recovery

import (
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/newpassword"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// actionWithout has the account do without a password.
const actionWithout = "without"

// fieldOffline asks to end what partners can do while the person is away.
const fieldOffline = "end_offline"

// password takes the new password, once all is proven.
func (f feature) password(r *page.Request) error {
	u, state, goesOn, err := f.state(r)
	if err != nil || !goesOn {
		return err
	}
	if state.GetState() != accountv1.Recovery_READY {
		r.Redirect(pageOf(state.GetState()))
		return nil
	}
	if r.IsPost() {
		done, err := f.complete(r, u)
		if err != nil || done {
			return err
		}
	}
	policy, err := f.Accounts.GetPasswordPolicy(r.Context(), &accountv1.GetPasswordPolicyRequest{})
	if err != nil {
		return err
	}
	m := NewPassword{
		Fields:          newpassword.Fields{Username: u.Login, Policy: policy, Context: []string{u.Login}},
		CanDoWithout:    state.GetPasswordOptional(),
		EndOfflineAsked: r.Field(fieldOffline) != "",
	}
	r.ReadFlow(newpassword.Suggested(), flowID, &m.Generated)
	m.Page = r.Page
	return r.Render(m)
}

// complete takes passwords as they were typed: no trimming.
func (f feature) complete(r *page.Request, u underWay) (done bool, err error) {
	request := &accountv1.CompleteRecoveryRequest{
		RecoveryToken: u.Token, Surface: accountv1.Surface_PAGES, EndOfflineAccess: r.Field(fieldOffline) != "",
	}
	switch r.Action() {
	case newpassword.ActionGenerate:
		return true, f.suggest(r)
	case actionWithout:
	default:
		request.NewPassword = r.PostFormValue("password")
		if request.GetNewPassword() == "" {
			r.Wrong("password", errorsv1.Reason_FIELD_REQUIRED)
			return false, nil
		}
		if request.GetNewPassword() != r.PostFormValue("password_repeat") {
			r.Wrong("password_repeat", errorsv1.Reason_MISMATCH)
			return false, nil
		}
	}
	out, err := f.Recoveries.CompleteRecovery(r.Context(), request)
	if err == nil {
		r.EndFlow(newpassword.Suggested(), flowID)
		r.EndFlow(recovering(), flowID)
		if out.GetState() == accountv1.Recovery_COMPLETED {
			if err := r.SaveFlow(recovered(), flowID, true); err != nil {
				return true, err
			}
		}
		r.Redirect(pageOf(out.GetState()))
		return true, nil
	}
	if err := refused(r, err, "password"); err != nil {
		return true, f.over(r, err)
	}
	r.RenameField("new_password", "password")
	return false, nil
}

// suggest keeps a password that the server makes in the browser, and shows it.
func (f feature) suggest(r *page.Request) error {
	made, err := f.Accounts.GeneratePassword(r.Context(), &accountv1.GeneratePasswordRequest{})
	if err != nil {
		return err
	}
	if err := r.SaveFlow(newpassword.Suggested(), flowID, made.GetPassword()); err != nil {
		return err
	}
	r.Redirect(paths.RecoverPassword)
	return nil
}

// wait says when the recovery can be gone on with.
func (f feature) wait(r *page.Request) error {
	_, state, goesOn, err := f.state(r)
	if err != nil || !goesOn {
		return err
	}
	if state.GetState() != accountv1.Recovery_WAITING {
		r.Redirect(pageOf(state.GetState()))
		return nil
	}
	m := Wait{
		Page: r.Page, EffectiveTime: progress.Time(state.GetEffectiveTime()), ExpireTime: progress.Time(state.GetExpireTime()),
	}
	for _, s := range state.GetSteps() {
		m.Others = append(m.Others, s.GetStepId())
	}
	return r.Render(m)
}
