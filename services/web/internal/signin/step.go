package signin

import (
	"cmp"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	"github.com/propusk-id/propusk/services/internal/cookies"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/partners"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// The form's fields beside what proves something.
const (
	fieldStep     = "step"
	fieldRemember = "remember"
)

// step takes what a sign-in still needs. There may be several ways, one of which is shown.
func (f feature) step(r *page.Request) error {
	id := r.URL.Query().Get("flow")
	u := underWay{Next: paths.Cabinet}
	if !r.ReadFlow(signIns(), id, &u) {
		r.Redirect(paths.StartAgain(u.restart()))
		return nil
	}
	if u.Token == "" {
		r.Redirect(u.Next)
		return nil
	}
	s, err := f.SignIns.GetSignIn(r.Context(), &accountv1.GetSignInRequest{SignInToken: u.Token, Surface: accountv1.Surface_PAGES})
	if err != nil {
		return f.lost(r, id, u, err)
	}
	way := chosen(r, ordered(s.GetSteps()))
	if r.IsPost() {
		if r.MeansOther(fieldStep, way.GetKind().String()) {
			r.Redirect(paths.Step(id))
			return nil
		}
		onward, err := f.take(r, id, u, way)
		if err != nil {
			return f.lost(r, id, u, err)
		}
		if onward != "" {
			r.Redirect(onward)
			return nil
		}
	}
	return f.showStep(r, id, u, ordered(s.GetSteps()), way)
}

// lost begins anew where the sign-in is over, and else is the error.
func (f feature) lost(r *page.Request, id string, u underWay, err error) error {
	if !errs.Is(err, errorsv1.Reason_SIGN_IN_EXPIRED) {
		return err
	}
	r.EndFlow(signIns(), id)
	r.Redirect(paths.StartAgain(u.restart()))
	return nil
}

// chosen is the step that the form or the address names, else the first; empty: there is none that pages have.
func chosen(r *page.Request, steps []*accountv1.Step) *accountv1.Step {
	want := r.URL.Query().Get("way")
	if r.IsPost() && r.Field(fieldStep) != "" {
		want = r.Field(fieldStep)
	}
	for _, s := range steps {
		if s.GetKind().String() == want {
			return s
		}
	}
	if len(steps) == 0 {
		return &accountv1.Step{}
	}
	return steps[0]
}

// take sends a code, or takes what proves the step, and gives the path that it leads to; empty: it was refused.
func (f feature) take(r *page.Request, id string, u underWay, way *accountv1.Step) (string, error) {
	field := fieldOf(way.GetKind())
	if r.Action() == components.ActionResend {
		err := f.send(r, &u, way)
		if err == nil {
			return paths.StepBy(id, way.GetKind().String()), r.SaveFlow(signIns(), id, u)
		}
		return "", refused(r, err, "")
	}
	credential, ok := answered(r)
	if way.GetKind() == accountv1.StepKind_PASSKEY && !ok {
		r.Wrong("", errorsv1.Reason_CREDENTIAL_REFUSED)
		return "", nil
	}
	s, err := f.SignIns.CompleteStep(r.Context(), &accountv1.CompleteStepRequest{
		SignInToken: u.Token, StepId: way.GetStepId(), Surface: accountv1.Surface_PAGES, Password: r.PostFormValue("password"),
		Code: r.Field(field), Credential: credential, RememberDevice: r.Field(fieldRemember) != "",
	})
	if err == nil {
		return f.goOn(r, id, u, s)
	}
	return "", refused(r, err, field)
}

// refused puts a refusal onto the page, unless the sign-in is over or the page cannot mend it.
func refused(r *page.Request, err error, field string) error {
	if errs.Is(err, errorsv1.Reason_SIGN_IN_EXPIRED) || !r.Refused(err, field) {
		return err
	}
	r.RenameField("code", field)
	return nil
}

// fieldOf is the form's field for a kind of step; empty: it has none that people see.
func fieldOf(kind accountv1.StepKind) string {
	switch kind {
	case accountv1.StepKind_PASSWORD:
		return "password"
	case accountv1.StepKind_SMS_CODE, accountv1.StepKind_TOTP, accountv1.StepKind_TRUSTED_CONTACT:
		return "code"
	case accountv1.StepKind_BACKUP_CODE:
		return "backup_code"
	default:
		return ""
	}
}

// answered is what a passkey has answered; false: nothing.
func answered(r *page.Request) (*structpb.Struct, bool) {
	out := &structpb.Struct{}
	err := protojson.Unmarshal([]byte(r.PostFormValue(components.FieldCredential)), out)
	return out, err == nil && len(out.GetFields()) > 0
}

// showStep asks for a step. Where its code is dead, only another or another way helps.
func (f feature) showStep(r *page.Request, id string, u underWay, steps []*accountv1.Step, way *accountv1.Step) error {
	m := Step{
		Kind: way.GetKind().String(), Destination: way.GetDestination(), ExpireTime: progress.Time(way.GetCodeExpireTime()),
		ResendSeconds: max(0, int(math.Ceil(u.Resend.Sub(f.now()).Seconds()))), Code: r.Field(fieldOf(way.GetKind())),
		Remember: r.Field(fieldRemember) != "", CanRemember: !u.Again && !isFirst(steps), Again: u.Again,
		RestartURL: u.restart(),
		Locked:     r.Has(errorsv1.Reason_FACTOR_LOCKED) || r.Has(errorsv1.Reason_FACTOR_DISABLED),
	}
	m.Dead = m.Locked || r.Has(errorsv1.Reason_CODE_EXPIRED) || r.Has(errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
	if m.Dead {
		r.FormExpired()
	}
	for _, s := range slices.DeleteFunc(slices.Clone(steps), func(s *accountv1.Step) bool { return s.GetKind() == way.GetKind() }) {
		m.Others = append(m.Others, Way{Kind: s.GetKind().String(), URL: paths.StepBy(id, s.GetKind().String())})
	}
	f.showPartner(r, u, &m)
	if err := m.ask(way); err != nil {
		return err
	}
	if err := f.greet(r, u, &m); err != nil {
		return err
	}
	m.Page = r.Page
	return r.Render(m)
}

// isFirst says whether nothing is proven yet: a password or a passkey alone begins a sign-in.
func isFirst(steps []*accountv1.Step) bool {
	return slices.ContainsFunc(steps, func(s *accountv1.Step) bool { return s.GetKind() == accountv1.StepKind_PASSWORD }) ||
		len(steps) == 1 && steps[0].GetKind() == accountv1.StepKind_PASSKEY
}

// ask fills in what a passkey is asked.
func (m *Step) ask(way *accountv1.Step) error {
	if way.GetOptions() == nil {
		return nil
	}
	options, err := protojson.Marshal(way.GetOptions())
	m.Options = string(options)
	return err
}

// greet says whose session is proven again.
func (f feature) greet(r *page.Request, u underWay, m *Step) error {
	if !u.Again || !r.SignedIn() {
		return nil
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	contacts, err := f.contacts(r)
	m.Username = cmp.Or(contacts.GetPhone(), contacts.GetEmail())
	return err
}

// showPartner says for which partner it is, if that can still be found.
func (f feature) showPartner(r *page.Request, u underWay, m *Step) {
	id := interactionOf(u.Next)
	if id == "" {
		return
	}
	i, err := f.OIDC.GetInteraction(r.Context(), &oidcv1.GetInteractionRequest{
		InteractionId: id, SessionId: r.User().SessionID, Browser: r.Cookie(cookies.Interaction(id)),
	})
	if err != nil {
		f.Log.Info("the step does not name its partner", "error", err)
		return
	}
	r.SuggestLanguage(i.GetLanguage())
	r.Page.Partner = partners.NameOf(r, i)
	m.GiveUpURL = paths.Interaction(id)
}

// passkey begins a sign-in by a passkey alone.
func (f feature) passkey(r *page.Request) error {
	next := paths.Own(r.URL.Query().Get("next"), paths.Cabinet)
	if !r.IsPost() {
		r.Redirect(underWay{Next: next}.restart())
		return nil
	}
	begun, err := f.SignIns.BeginPasskey(r.Context(), &accountv1.BeginPasskeyRequest{
		Surface: accountv1.Surface_PAGES, DeviceToken: r.Device(),
	})
	if err != nil {
		return err
	}
	onward, err := f.begin(r, &accountv1.Session{
		State: accountv1.Session_STEP_REQUIRED, SignInToken: begun.GetSignInToken(),
	}, underWay{Next: next})
	if err == nil {
		r.Redirect(onward)
	}
	return err
}

// maxProof is older than a proof that is just being asked for.
const maxProof = time.Second

// provePasskey has a passkey prove again whose the session is.
func (f feature) provePasskey(r *page.Request) error {
	u := underWay{Next: paths.Own(r.URL.Query().Get("next"), paths.Cabinet), Again: true}
	if !r.IsPost() {
		r.Redirect(u.restart())
		return nil
	}
	onward, err := f.StepUp(r, 1, maxProof, u.Next)
	if err != nil {
		return err
	}
	if onward != u.Next {
		onward += "&way=" + accountv1.StepKind_PASSKEY.String()
	}
	r.Redirect(onward)
	return nil
}
