package signup

import (
	"net/url"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/internal/persona"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
)

// signUp takes the name and the contacts. Who has begun before finds what was typed, and the way on.
func (f feature) signUp(r *page.Request) error {
	id, before := latestSignUp(r)
	m := before.form().filledIn(r.Persona())
	if r.Typed() {
		m = typedStart(r)
	}
	m.SignInURL = paths.WithInteraction(paths.SignIn, r.InteractionID())
	if r.IsPost() && r.Action() == actionForget {
		forgetSignUp(r, id)
		r.Redirect(paths.WithInteraction(paths.SignUp, r.InteractionID()))
		return nil
	}
	if r.IsPost() {
		done, err := f.start(r, m, id, before)
		if err != nil || done {
			return err
		}
	} else if id != "" {
		m.BegunURL, m.Destination = f.begun(r, id, before)
	}
	m.Page = r.Page
	return r.Render(m)
}

// filledIn has the name of the sandbox's test person, if one was chosen and none is there.
func (m Start) filledIn(p *persona.Persona) Start {
	if p != nil && m.LastName+m.FirstName+m.MiddleName == "" {
		m.LastName, m.FirstName, m.MiddleName = p.LastName, p.FirstName, p.MiddleName
	}
	return m
}

func typedStart(r *page.Request) Start {
	return Start{
		LastName: r.Field("last_name"), FirstName: r.Field("first_name"), MiddleName: r.Field("middle_name"),
		Phone: r.Field("phone"), Email: r.Field("email"), NoPhone: r.Field("no_phone") != "",
	}
}

// start sends the code. The same form sent once more, as after a way back, goes on with the sign-up that it began.
func (f feature) start(r *page.Request, m Start, id string, before underWay) (done bool, err error) {
	if id != "" && before.sameAs(m) {
		if path, _ := f.begun(r, id, before); path != "" {
			r.Redirect(path)
			return true, nil
		}
	}
	u := underWay{
		LastName: m.LastName, FirstName: m.FirstName, MiddleName: m.MiddleName, Phone: m.Phone, Email: m.Email, NoPhone: m.NoPhone,
	}
	reg, err := f.Registrations.StartRegistration(r.Context(), u.request(r))
	if err != nil {
		if r.Refused(err, "") {
			err = nil
		}
		return false, err
	}
	if err := u.save(r, reg.GetId()); err != nil {
		return false, err
	}
	r.Redirect(stepPath(r, reg.GetId(), "code"))
	return true, nil
}

// begun is where a sign-up of this browser goes on, and the masked contact; "": it does not.
func (f feature) begun(r *page.Request, id string, u underWay) (path, destination string) {
	reg, err := f.Registrations.GetRegistration(r.Context(), &registrationv1.GetRegistrationRequest{RegistrationId: id})
	switch {
	case err != nil:
		if !errs.Is(err, errorsv1.Reason_REGISTRATION_NOT_FOUND) {
			f.log.Warn("a sign-up under way was not read", "error", err)
		}
		return "", ""
	case reg.GetState() == registrationv1.State_CODE_SENT:
		return stepPath(r, id, "code"), reg.GetDestination()
	case reg.GetState() == registrationv1.State_CONTACT_VERIFIED && u.CompletionToken != "":
		return stepPath(r, id, "password"), reg.GetDestination()
	default:
		return "", ""
	}
}

// stepPath is a step of a sign-up.
func stepPath(r *page.Request, id, step string) string {
	return paths.WithInteraction(paths.SignUp+"/"+url.PathEscape(id)+"/"+step, r.InteractionID())
}
