package recovery

import (
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

const (
	// fieldStep names the step that a form proves, and the one that the address asks for.
	fieldStep = "step"
	// actionWait begins the wait that stands in for steps.
	actionWait = "wait"
)

// step takes what the recovery needs. There may be several ways, one of which is shown.
func (f feature) step(r *page.Request) error {
	u, state, goesOn, err := f.state(r)
	if err != nil || !goesOn {
		return err
	}
	way := chosen(r, state.GetSteps())
	asked := way != nil && (r.IsPost() || r.URL.Query().Has(fieldStep))
	if state.GetState() != accountv1.Recovery_STEP_REQUIRED && !asked {
		r.Redirect(pageOf(state.GetState()))
		return nil
	}
	if r.IsPost() {
		if r.MeansOther(fieldStep, way.GetStepId()) {
			r.Redirect(paths.RecoverStep)
			return nil
		}
		onward, err := f.take(r, u, way)
		if err != nil {
			return f.over(r, err)
		}
		if onward != "" {
			r.Redirect(onward)
			return nil
		}
	}
	return f.showStep(r, u, state, way)
}

// chosen is the step that the form or the address names, else the first; nil: there is none.
func chosen(r *page.Request, steps []*accountv1.Step) *accountv1.Step {
	want := r.URL.Query().Get(fieldStep)
	if r.IsPost() && r.Field(fieldStep) != "" {
		want = r.Field(fieldStep)
	}
	for _, s := range steps {
		if s.GetStepId() == want {
			return s
		}
	}
	if len(steps) == 0 {
		return nil
	}
	return steps[0]
}

// take sends a code, begins the wait, or takes what proves the step, and gives the path that it leads to; empty: it was refused.
func (f feature) take(r *page.Request, u underWay, way *accountv1.Step) (string, error) {
	switch {
	case r.Action() == actionWait:
		out, err := f.Recoveries.CompleteRecovery(r.Context(), &accountv1.CompleteRecoveryRequest{
			RecoveryToken: u.Token, Surface: accountv1.Surface_PAGES,
		})
		if err == nil {
			return pageOf(out.GetState()), nil
		}
		return "", refused(r, err, "")
	case way == nil:
		return paths.RecoverStep, nil
	case r.Action() == components.ActionResend:
		if err := f.send(r, &u, way); err != nil {
			return "", refused(r, err, "")
		}
		return paths.RecoverBy(way.GetStepId()), r.SaveFlow(recovering(), flowID, u)
	}
	return f.prove(r, u, way)
}

func (f feature) prove(r *page.Request, u underWay, way *accountv1.Step) (string, error) {
	field := fieldOf(way.GetKind())
	request := &accountv1.CompleteRecoveryStepRequest{RecoveryToken: u.Token, StepId: way.GetStepId(), Surface: accountv1.Surface_PAGES}
	switch field {
	case "snils":
		request.Snils = r.Field(field)
	case "answer":
		request.Answer = r.Field(field)
	case "":
		credential, ok := answered(r)
		if !ok {
			r.Wrong("", errorsv1.Reason_CREDENTIAL_REFUSED)
			return "", nil
		}
		request.Credential = credential
	default:
		request.Code = r.Field(field)
	}
	out, err := f.Recoveries.CompleteRecoveryStep(r.Context(), request)
	if err != nil {
		return "", refused(r, err, field)
	}
	u.Resend = time.Time{}
	f.sendNext(r, &u, out)
	return pageOf(out.GetState()), r.SaveFlow(recovering(), flowID, u)
}

// sendNext sends the code that the next page is going to ask for, where there is no choice and nothing to wait for.
func (f feature) sendNext(r *page.Request, u *underWay, out *accountv1.Recovery) {
	if len(out.GetSteps()) != 1 || out.GetState() != accountv1.Recovery_STEP_REQUIRED || !isSent(out.GetSteps()[0].GetKind()) {
		return
	}
	if err := f.send(r, u, out.GetSteps()[0]); err != nil {
		f.Log.Info("the next code of a recovery was not sent", "error", err)
	}
}

// refused puts a refusal onto the page, unless the page cannot mend it.
func refused(r *page.Request, err error, field string) error {
	if !r.Refused(err, field) || r.Has(errorsv1.Reason_RECOVERY_NOT_FOUND) {
		return err
	}
	r.RenameField("code", field)
	return nil
}

// fieldOf is the form's field for a kind of step; empty: it has none that people see.
func fieldOf(kind accountv1.StepKind) string {
	switch kind {
	case accountv1.StepKind_BACKUP_CODE:
		return "backup_code"
	case accountv1.StepKind_SNILS:
		return "snils"
	case accountv1.StepKind_CONTROL_QUESTION:
		return "answer"
	case accountv1.StepKind_PASSKEY:
		return ""
	default:
		return "code"
	}
}

// isSent says whether the step's code is sent to a contact.
func isSent(kind accountv1.StepKind) bool {
	return kind == accountv1.StepKind_SMS_CODE || kind == accountv1.StepKind_EMAIL_CODE
}

// answered is what a passkey has answered; false: nothing.
func answered(r *page.Request) (*structpb.Struct, bool) {
	out := &structpb.Struct{}
	err := protojson.Unmarshal([]byte(r.PostFormValue(components.FieldCredential)), out)
	return out, err == nil && len(out.GetFields()) > 0
}

// showStep asks for a step. Where its code is dead, only another or another way helps.
func (f feature) showStep(r *page.Request, u underWay, state *accountv1.Recovery, way *accountv1.Step) error {
	m := Step{
		Kind: way.GetKind().String(), Destination: way.GetDestination(), Question: way.GetQuestion(),
		ExpireTime:    progress.Time(way.GetCodeExpireTime()),
		ResendSeconds: max(0, int(math.Ceil(u.Resend.Sub(f.now()).Seconds()))),
		Value:         r.Field(fieldOf(way.GetKind())), CanWait: state.GetCanWait(), Alone: way == nil,
		Locked: r.Has(errorsv1.Reason_FACTOR_LOCKED) || r.Has(errorsv1.Reason_FACTOR_DISABLED),
	}
	m.Dead = m.Locked || r.Has(errorsv1.Reason_CODE_EXPIRED) || r.Has(errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
	if m.Dead {
		r.FormExpired()
	}
	for _, s := range state.GetSteps() {
		if s.GetKind() != way.GetKind() {
			m.Others = append(m.Others, s.GetStepId())
		}
	}
	if way.GetOptions() != nil {
		options, err := protojson.Marshal(way.GetOptions())
		if err != nil {
			return err
		}
		m.Options = string(options)
	}
	m.Page = r.Page
	return r.Render(m)
}
