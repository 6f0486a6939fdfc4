package security

import (
	"cmp"
	"net/url"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/i18n"
	"github.com/propusk-id/propusk/services/internal/qr"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// actionBegin asks for a new secret or a code; fieldFactor names the factor that a passkey is for.
const (
	actionBegin = "begin"
	fieldFactor = "factor"
)

// addApp adds an authenticator app: its secret is made, and then its first code taken.
func (f feature) addApp(r *page.Request) error {
	e, begun := enrolled(r, enrolApp)
	if r.IsPost() {
		done, err := f.addByCode(r, accountv1.StepKind_TOTP, enrolApp, e, begun)
		if err != nil || done {
			return err
		}
		e, begun = stillOpen(r, e, begun)
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	if !begun {
		return r.Render(BeginApp{Page: r.Page})
	}
	picture, err := qr.SVG(e.URI)
	if err != nil {
		return err
	}
	return r.Render(AddApp{Page: r.Page, QR: picture, URI: e.URI, Secret: secretOf(e.URI), Code: r.Field("code")})
}

// addByCode begins to add a factor, or takes its first code.
func (f feature) addByCode(r *page.Request, kind accountv1.StepKind, id string, e enrolment, begun bool) (bool, error) {
	if !begun && r.PostForm.Has("code") { // it was added in another tab
		r.Redirect(afterAdding(r))
		return true, nil
	}
	if !begun || r.Action() == actionBegin || r.Action() == components.ActionResend {
		return f.enrol(r, kind, id)
	}
	return f.activate(r, e, id)
}

// stillOpen says whether the factor can still be added after its code was refused.
func stillOpen(r *page.Request, e enrolment, begun bool) (enrolment, bool) {
	return e, begun && !r.Has(errorsv1.Reason_FACTOR_NOT_FOUND) && !r.Has(errorsv1.Reason_FACTOR_EXISTS)
}

// secretOf is the key of an address for authenticator apps, in groups that can be typed.
func secretOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	var out strings.Builder
	for i, c := range u.Query().Get("secret") {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(c)
	}
	return out.String()
}

// addSMS adds codes by text message to the phone that the account has.
func (f feature) addSMS(r *page.Request) error {
	e, begun := enrolled(r, enrolSMS)
	if r.IsPost() {
		done, err := f.addByCode(r, accountv1.StepKind_SMS_CODE, enrolSMS, e, begun)
		if err != nil || done {
			return err
		}
		e, begun = stillOpen(r, e, begun)
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	if begun {
		return f.showCode(r, codeAsked{
			kind: accountv1.ContactKind_PHONE, to: e.Destination, expire: e.CodeExpire, back: paths.Factors,
			backText: r.Page.T("factors.back"),
		})
	}
	contacts, err := f.Accounts.GetContacts(r.Context(), &accountv1.GetContactsRequest{AccountId: r.AccountID()})
	if err != nil {
		return err
	}
	m := BeginSMS{Page: r.Page}
	if contacts.GetPhone() != "" {
		m.Phone = i18n.Phone(contacts.GetPhone())
	}
	return r.Render(m)
}

// addPasskey adds a passkey. Each time that the page is opened another is begun, in the place of the last: it protects nothing and
// costs nothing before the browser has made it.
func (f feature) addPasskey(r *page.Request) error {
	if r.IsPost() {
		done, err := f.keepPasskey(r)
		if err != nil || done {
			return err
		}
		return r.Render(AddPasskey{Page: r.Page})
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	m := AddPasskey{Name: r.Field(fieldName)}
	x, err := f.Factors.CreateSecondFactor(r.Context(), &accountv1.CreateSecondFactorRequest{
		AccountId: r.AccountID(), Kind: accountv1.StepKind_PASSKEY,
	})
	switch {
	case err == nil:
		options, err := protojson.Marshal(x.GetOptions())
		if err != nil {
			return err
		}
		m.FactorID, m.Options = x.GetId(), string(options)
	case !r.Refused(err, ""):
		return err
	}
	m.Page = r.Page
	return r.Render(m)
}

// keepPasskey takes what the browser has made.
func (f feature) keepPasskey(r *page.Request) (done bool, err error) {
	credential := &structpb.Struct{}
	err = protojson.Unmarshal([]byte(r.PostFormValue(components.FieldCredential)), credential)
	if err != nil || len(credential.GetFields()) == 0 {
		r.Wrong("", errorsv1.Reason_CREDENTIAL_REFUSED)
		return false, nil
	}
	x, err := f.Factors.ActivateSecondFactor(r.Context(), &accountv1.ActivateSecondFactorRequest{
		AccountId: r.AccountID(), FactorId: r.Field(fieldFactor), Credential: credential,
	})
	if err != nil {
		if !r.Refused(err, "") {
			return false, err
		}
		return false, nil
	}
	name := []rune(cmp.Or(r.Field(fieldName), r.Page.T("factors.passkey_name")))
	_, err = f.Factors.UpdateSecondFactor(r.Context(), &accountv1.UpdateSecondFactorRequest{
		AccountId: r.AccountID(), FactorId: x.GetId(), Name: string(name[:min(len(name), maxName)]),
	})
	if err != nil {
		return false, err
	}
	return true, f.added(r, x)
}
