package signin

import (
	"cmp"
	"encoding/hex"
	"log/slog"
	"slices"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// Forms are the forms in which a person signs in or proves it again: a partner's sign-in shows them too. Each gives the path that
// it leads to, which is the page of the next step, or next in the end; empty: what was sent was refused, which the page says.
type Forms struct {
	Accounts accountv1.AccountServiceClient
	SignIns  accountv1.SignInServiceClient
	Factors  accountv1.SecondFactorServiceClient
	Profiles profilev1.ProfileServiceClient
	Log      *slog.Logger
}

// TryPassword signs in with the form's login and password.
func (f Forms) TryPassword(r *page.Request, next string) (string, error) {
	s, err := f.Accounts.CreateSession(r.Context(), &accountv1.CreateSessionRequest{
		Login: r.Field("login"), Password: r.PostFormValue("password"), Surface: accountv1.Surface_PAGES, DeviceToken: r.Device(),
	})
	if err == nil {
		return f.begin(r, s, underWay{Next: next})
	}
	if !r.Refused(err, "") {
		return "", err
	}
	return "", nil
}

// ProveAgain proves the password again within the session, and goes on to the second factor where there is one.
func (f Forms) ProveAgain(r *page.Request, next string) (string, error) {
	s, err := f.Accounts.Reauthenticate(r.Context(), &accountv1.ReauthenticateRequest{
		AccountId: r.AccountID(), SessionId: r.User().SessionID, Password: r.PostFormValue("password"),
	})
	if err == nil {
		return f.begin(r, s, underWay{Next: next, Again: true})
	}
	if !r.Refused(err, "password") {
		return "", err
	}
	return "", nil
}

// StepUp asks for what the session lacks: this many factors, or a proof that is not older than maxAge (0: of any age).
func (f Forms) StepUp(r *page.Request, factors int32, maxAge time.Duration, next string) (string, error) {
	s, err := f.SignIns.StepUp(r.Context(), &accountv1.StepUpRequest{
		AccountId: r.AccountID(), SessionId: r.User().SessionID, Factors: factors, MaxAge: int32(maxAge / time.Second),
	})
	if err != nil {
		return "", err
	}
	return f.begin(r, s, underWay{Next: next, Again: true})
}

// AskTrusted asks for the trusted contact's code, with a fresh proof of everything else.
func (f Forms) AskTrusted(r *page.Request, next string) (string, error) {
	s, err := f.SignIns.StepUp(r.Context(), &accountv1.StepUpRequest{
		AccountId: r.AccountID(), SessionId: r.User().SessionID, TrustedContact: true,
	})
	if err != nil {
		return "", err
	}
	return f.begin(r, s, underWay{Next: next, Again: true})
}

// begin keeps a sign-in that has just begun. One that a repeated form has begun is the same.
func (f Forms) begin(r *page.Request, s *accountv1.Session, u underWay) (string, error) {
	return f.goOn(r, hex.EncodeToString(secret.HashToken(s.GetSignInToken())[:8]), u, s)
}

// goOn is where an answer to a sign-in leads: to the page of what is left, or to its end.
func (f Forms) goOn(r *page.Request, id string, u underWay, s *accountv1.Session) (string, error) {
	if s.GetState() != accountv1.Session_STEP_REQUIRED {
		return u.Next, f.end(r, id, u, s)
	}
	u.Token = cmp.Or(s.GetSignInToken(), u.Token)
	f.sendFirst(r, &u, s.GetSteps())
	return paths.Step(id), r.SaveFlow(signIns(), id, u)
}

// end gives the browser its session. A way back to the page of the step leads on from then on.
func (f Forms) end(r *page.Request, id string, u underWay, s *accountv1.Session) error {
	if !u.Again {
		f.EndSession(r)
	}
	if s.GetToken() != "" { // a session that lacked nothing is as it was
		r.StartSession(s)
	}
	if u.Token == "" {
		return nil
	}
	return r.SaveFlow(signIns(), id, underWay{Next: u.Next, Again: u.Again})
}

// EndSession ends the session that the browser had before, so that none is left behind.
func (f Forms) EndSession(r *page.Request) {
	if !r.SignedIn() {
		return
	}
	_, err := f.Accounts.DeleteSession(r.Context(), &accountv1.DeleteSessionRequest{
		AccountId: r.AccountID(), SessionId: r.User().SessionID,
	})
	if err != nil {
		f.Log.Warn("the old session was not ended", "error", err)
	}
}

// ShowReauthenticate asks for the password again, or a passkey, and then leads to next.
func (f Forms) ShowReauthenticate(r *page.Request, next string) error {
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	contacts, err := f.contacts(r)
	if err != nil {
		return err
	}
	m := Reauthenticate{Page: r.Page, Username: cmp.Or(contacts.GetPhone(), contacts.GetEmail())}
	if f.hasPasskey(r) {
		m.PasskeyURL = paths.WithNext(paths.ReauthenticatePasskey, next)
	}
	return r.Render(m)
}

func (f Forms) contacts(r *page.Request) (*accountv1.Contacts, error) {
	return f.Accounts.GetContacts(r.Context(), &accountv1.GetContactsRequest{AccountId: r.AccountID()})
}

// hasPasskey says whether there is any use in asking for one. It is only a shorter way, so the page does without the answer.
func (f Forms) hasPasskey(r *page.Request) bool {
	list, err := f.Factors.ListSecondFactors(r.Context(), &accountv1.ListSecondFactorsRequest{AccountId: r.AccountID()})
	if err != nil {
		f.Log.Warn("no passkey is offered", "error", err)
	}
	return slices.ContainsFunc(list.GetSecondFactors(), func(x *accountv1.SecondFactor) bool {
		return x.GetKind() == accountv1.StepKind_PASSKEY
	})
}
