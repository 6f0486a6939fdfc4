package security

import (
	"slices"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// fieldName is what the person calls a factor, and maxName how long that can be.
const (
	fieldName = "name"
	maxName   = 64
)

// factors shows what is asked for beside the password.
func (f feature) factors(r *page.Request) error {
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	bound, err := f.bound(r)
	if err != nil {
		return err
	}
	m := Factors{Page: r.Page, Saved: r.URL.Query().Get("saved")}
	for _, x := range bound {
		if x.GetKind() == accountv1.StepKind_BACKUP_CODE {
			m.Codes = int(x.GetCodesLeft())
			continue
		}
		m.List = append(m.List, shownFactor(x))
	}
	for _, kind := range []accountv1.StepKind{accountv1.StepKind_PASSKEY, accountv1.StepKind_TOTP, accountv1.StepKind_SMS_CODE} {
		if kind == accountv1.StepKind_PASSKEY || !hasActive(bound, kind) {
			m.Addable = append(m.Addable, kind.String())
		}
	}
	return r.Render(m)
}

// bound are the person's second factors, oldest first.
func (f feature) bound(r *page.Request) ([]*accountv1.SecondFactor, error) {
	list, err := f.Factors.ListSecondFactors(r.Context(), &accountv1.ListSecondFactorsRequest{AccountId: r.AccountID()})
	return list.GetSecondFactors(), err
}

// hasActive says whether there is one of a kind: of one that is disabled another can be added.
func hasActive(bound []*accountv1.SecondFactor, kind accountv1.StepKind) bool {
	return slices.ContainsFunc(bound, func(x *accountv1.SecondFactor) bool {
		return x.GetKind() == kind && x.GetState() == accountv1.SecondFactor_ACTIVE
	})
}

func shownFactor(x *accountv1.SecondFactor) Factor {
	return Factor{
		ID: x.GetId(), Kind: x.GetKind().String(), Name: x.GetName(), Destination: x.GetDestination(),
		Disabled: x.GetState() == accountv1.SecondFactor_DISABLED, AddTime: progress.Time(x.GetCreateTime()),
		UseTime: progress.Time(x.GetLastUseTime()),
	}
}

// ownFactor is the factor that the address names, and whether it is the last that stands by itself.
func (f feature) ownFactor(r *page.Request) (own Factor, last bool, err error) {
	all, err := f.bound(r)
	if err != nil {
		return own, false, err
	}
	all = slices.DeleteFunc(all, func(x *accountv1.SecondFactor) bool { return x.GetKind() == accountv1.StepKind_BACKUP_CODE })
	for _, x := range all {
		if x.GetId() == r.PathValue("id") {
			return shownFactor(x), len(all) == 1, nil
		}
	}
	return own, false, errs.New(errorsv1.Reason_FACTOR_NOT_FOUND, "the person has no such factor")
}

// nameFactor gives one another name.
func (f feature) nameFactor(r *page.Request) error {
	own, _, err := f.ownFactor(r)
	if err != nil {
		return err
	}
	if r.IsPost() {
		_, err := f.Factors.UpdateSecondFactor(r.Context(), &accountv1.UpdateSecondFactorRequest{
			AccountId: r.AccountID(), FactorId: own.ID, Name: r.Field(fieldName),
		})
		if err == nil {
			r.Redirect(savedFactor("named"))
			return nil
		}
		if !r.Refused(err, fieldName) {
			return err
		}
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	m := NameFactor{Factor: own, Name: own.Name}
	if r.Typed() {
		m.Name = r.Field(fieldName)
	}
	m.Page = r.Page
	return r.Render(m)
}

// removeFactor asks, and takes one off the account.
func (f feature) removeFactor(r *page.Request) error {
	own, last, err := f.ownFactor(r)
	if errs.Is(err, errorsv1.Reason_FACTOR_NOT_FOUND) {
		r.Redirect(savedFactor("removed"))
		return nil
	}
	if err != nil {
		return err
	}
	if r.IsPost() {
		_, err := f.Factors.DeleteSecondFactor(r.Context(), &accountv1.DeleteSecondFactorRequest{
			AccountId: r.AccountID(), FactorId: own.ID,
		})
		if err == nil {
			r.Redirect(savedFactor("removed"))
			return nil
		}
		if !r.Refused(err, "") {
			return err
		}
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	return r.Render(RemoveFactor{Page: r.Page, Factor: own, Last: last})
}

func savedFactor(what string) string { return paths.Factors + "?saved=" + what }

// enrolling are the factors that this browser is adding: account waits as long for their first proof.
func enrolling() page.Flow { return page.Flow{Name: "factor", Life: 15 * time.Minute, Keep: 2} }

// The flows' ids: an account has one factor of each of these kinds.
const (
	enrolApp = "app"
	enrolSMS = "sms"
)

// enrolment is a factor that waits for its first proof.
type enrolment struct {
	// Account is whose it is: the next person at the same computer must not see it.
	Account string
	ID      string
	// URI is what an authenticator app takes.
	URI         string    `json:",omitempty"`
	Destination string    `json:",omitempty"`
	CodeExpire  time.Time `json:",omitzero"`
}

// enrolled is the factor that the person is adding; false: there is none.
func enrolled(r *page.Request, id string) (e enrolment, ok bool) {
	ok = r.ReadFlow(enrolling(), id, &e) && e.Account == r.AccountID()
	return e, ok
}

// enrol begins to add a factor of a kind; done: the page goes on with it.
func (f feature) enrol(r *page.Request, kind accountv1.StepKind, id string) (done bool, err error) {
	x, err := f.Factors.CreateSecondFactor(r.Context(), &accountv1.CreateSecondFactorRequest{AccountId: r.AccountID(), Kind: kind})
	if err != nil {
		if !r.Refused(err, "") {
			return false, err
		}
		return false, nil
	}
	err = r.SaveFlow(enrolling(), id, enrolment{
		Account: r.AccountID(), ID: x.GetId(), URI: x.GetOtpauthUri(), Destination: x.GetDestination(),
		CodeExpire: progress.Time(x.GetCodeExpireTime()),
	})
	if err == nil {
		r.Redirect(r.URL.Path)
	}
	return err == nil, err
}

// activate takes the first code of a factor.
func (f feature) activate(r *page.Request, e enrolment, id string) (done bool, err error) {
	x, err := f.Factors.ActivateSecondFactor(r.Context(), &accountv1.ActivateSecondFactorRequest{
		AccountId: r.AccountID(), FactorId: e.ID, Code: r.Field("code"),
	})
	if err == nil {
		r.EndFlow(enrolling(), id)
		return true, f.added(r, x)
	}
	if !r.Refused(err, "code") {
		return false, err
	}
	if r.Has(errorsv1.Reason_FACTOR_NOT_FOUND) || r.Has(errorsv1.Reason_FACTOR_EXISTS) { // it is to be begun anew
		r.EndFlow(enrolling(), id)
		r.FormExpired()
	}
	return false, nil
}

// added goes on after a factor was added: to the backup codes, if they have come with it.
func (f feature) added(r *page.Request, x *accountv1.SecondFactor) error {
	if len(x.GetBackupCodes()) > 0 {
		return showCodes(r, x.GetBackupCodes())
	}
	r.Redirect(savedFactor("added"))
	return nil
}
