package security

import (
	"context"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

const (
	fieldTrusted   = "trusted_login"
	fieldPrincipal = "principal"

	actionInvite = "invite"
	actionKeep   = "keep"
	actionAccept = "accept"
	actionLeave  = "leave"
)

// trusted shows whom the person trusts and who trusts the person, and lets either be changed.
func (f feature) trusted(r *page.Request) error {
	if r.IsPost() {
		done, err := f.changeTrust(r)
		if err != nil || done {
			return err
		}
	}
	present, err := f.trustedContact(r.Context(), r.AccountID())
	if err != nil {
		return err
	}
	list, err := f.Trusts.ListPrincipals(r.Context(), &accountv1.ListPrincipalsRequest{AccountId: r.AccountID(), PageSize: 100})
	if err != nil {
		return err
	}
	m := Trusted{
		Present: present.GetLogin(), Active: isActive(present.GetState()), EndTime: progress.Time(present.GetEndTime()),
		Login: r.Field(fieldTrusted), Saved: r.URL.Query().Get("saved"),
	}
	for _, p := range list.GetPrincipals() {
		m.Principals = append(m.Principals, Principal{
			ID: p.GetId(), Contact: p.GetContact(), Active: isActive(p.GetState()), EndTime: progress.Time(p.GetEndTime()),
		})
	}
	m.Page = r.Page
	return r.Render(m)
}

func isActive(s accountv1.TrustState) bool { return s == accountv1.TrustState_ACTIVE }

// changeTrust does what a form asks for.
func (f feature) changeTrust(r *page.Request) (done bool, err error) {
	ctx, account, id := r.Context(), r.AccountID(), r.Field(fieldPrincipal)
	switch r.Action() {
	case actionRemove:
		_, err = f.Trusts.DeleteTrustedContact(ctx, &accountv1.DeleteTrustedContactRequest{AccountId: account})
	case actionKeep:
		err = f.keepTrusted(ctx, account)
	case actionAccept:
		_, err = f.Trusts.AcceptPrincipal(ctx, &accountv1.AcceptPrincipalRequest{AccountId: account, PrincipalId: id})
	case actionLeave:
		_, err = f.Trusts.DeletePrincipal(ctx, &accountv1.DeletePrincipalRequest{AccountId: account, PrincipalId: id})
	default:
		_, err = f.Trusts.SetTrustedContact(ctx, &accountv1.SetTrustedContactRequest{AccountId: account, Login: r.Field(fieldTrusted)})
	}
	if err == nil {
		r.Redirect(paths.Trusted + "?saved=" + savedTrust(r.Action()))
		return true, nil
	}
	if !r.Refused(err, "") {
		return false, err
	}
	r.RenameField("login", fieldTrusted)
	return false, nil
}

// savedTrust is what was done, as the page's address says it.
func savedTrust(action string) string {
	switch action {
	case actionRemove, actionKeep, actionAccept, actionLeave:
		return action
	}
	return actionInvite
}

// keepTrusted calls off that the trusted contact ends: whoever is invited again stays.
func (f feature) keepTrusted(ctx context.Context, account string) error {
	present, err := f.trustedContact(ctx, account)
	if err != nil {
		return err
	}
	_, err = f.Trusts.SetTrustedContact(ctx, &accountv1.SetTrustedContactRequest{AccountId: account, Login: present.GetLogin()})
	return err
}

// trustedContact is whom the person trusts or has invited; nil: nobody.
func (f feature) trustedContact(ctx context.Context, account string) (*accountv1.TrustedContact, error) {
	out, err := f.Trusts.GetTrustedContact(ctx, &accountv1.GetTrustedContactRequest{AccountId: account})
	if errs.Is(err, errorsv1.Reason_TRUSTED_CONTACT_NOT_SET) {
		return nil, nil
	}
	return out, err
}
