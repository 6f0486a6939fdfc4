package recovery

import (
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// fieldLogin is a login that something can be sent to.
const fieldLogin = "recovery_login"

// start takes the login, and has its code sent at once.
func (f feature) start(r *page.Request) error {
	if r.IsPost() {
		out, err := f.Recoveries.StartRecovery(r.Context(), &accountv1.StartRecoveryRequest{
			Login: r.Field(fieldLogin), Surface: accountv1.Surface_PAGES,
		})
		if err == nil {
			return f.begin(r, out)
		}
		if !r.Refused(err, fieldLogin) {
			return err
		}
		r.RenameField("login", fieldLogin)
	}
	return r.Render(Start{Page: r.Page, Login: r.Field(fieldLogin), Over: r.URL.Query().Has(queryOver)})
}

// begin keeps the recovery in the browser. What keeps its code from being sent is said when the person asks for the code.
func (f feature) begin(r *page.Request, out *accountv1.Recovery) error {
	u := underWay{Token: out.GetRecoveryToken(), Login: r.Field(fieldLogin)}
	if err := f.send(r, &u, out.GetSteps()[0]); err != nil {
		f.Log.Info("the first code of a recovery was not sent", "error", err)
	}
	if err := r.SaveFlow(recovering(), flowID, u); err != nil {
		return err
	}
	r.Redirect(paths.RecoverStep)
	return nil
}

// cancel is where the links lead that stop a recovery. Opening it stops nothing, since mail scanners open links; a button does.
func (f feature) cancel(r *page.Request) error {
	token := r.URL.Query().Get("token")
	if r.IsPost() {
		_, err := f.Recoveries.CancelRecovery(r.Context(), &accountv1.CancelRecoveryRequest{CancelToken: token})
		if err == nil {
			r.Redirect(paths.RecoverCancel + "?done=1")
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	return r.Render(Cancel{
		Page: r.Page, Done: r.URL.Query().Has("done"), Dead: token == "" || len(r.Page.Errors) > 0,
	})
}

// lost says what to do where nothing is left that could be asked for.
func (f feature) lost(r *page.Request) error { return r.Render(Lost{Page: r.Page}) }

// done says that the account is back.
func (f feature) done(r *page.Request) error { return r.Render(Done{Page: r.Page}) }
