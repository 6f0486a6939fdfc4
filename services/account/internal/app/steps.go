package app

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// StepCommand has what a step asks for.
type StepCommand struct {
	SignInToken string
	Surface     accountv1.Surface
	Kind        domain.StepKind
	Password    secret.String
	Code        string
	// Credential is the JSON of a passkey's answer.
	Credential []byte
	Remember   bool
	// SNILS and Answer are what recoveries ask for.
	SNILS, Answer string
}

// SignInUnderWay finds a sign-in, with the steps that can be completed.
func (a *App) SignInUnderWay(ctx context.Context, token string, surface accountv1.Surface) (out Progress, err error) {
	in, err := a.Store.SignIn(ctx, token, surface)
	if err != nil {
		return out, err
	}
	if in.Done || !a.Now().Before(in.ExpireTime) {
		return out, domain.SignInExpired()
	}
	if err := checkSession(ctx, in); err != nil {
		return out, err
	}
	out.SignIn = in
	out.Steps, err = a.steps(ctx, a.Store, in)
	return out, err
}

// CompleteStep proves one thing. A request that was answered before gets as far as its answer only with the same proof.
func (a *App) CompleteStep(ctx context.Context, cmd StepCommand, answered idempotency.Hook[Progress]) (out Progress, err error) {
	in, err := a.Store.SignIn(ctx, cmd.SignInToken, cmd.Surface)
	if err != nil {
		return out, err
	}
	if err := checkSession(ctx, in); err != nil {
		return out, err
	}
	if err := in.CheckOpen(cmd.Kind, a.Now()); err != nil && !mayBeRepeated(ctx, in, cmd.Kind) {
		return out, err
	}
	switch cmd.Kind {
	case accountv1.StepKind_PASSWORD:
		return a.completePassword(ctx, cmd, in, answered)
	case accountv1.StepKind_TRUSTED_CONTACT:
		return a.completeTrusted(ctx, cmd, in, answered)
	default:
	}
	return a.completeFactor(ctx, cmd, in, answered)
}

// checkSession refuses a step-up to anybody but the session that began it: to others there is none.
func checkSession(ctx context.Context, in domain.SignIn) error {
	if in.Purpose != domain.StepUp {
		return nil
	}
	if user, ok := rpc.UserOf(ctx); !ok || user.SessionID != in.SessionID.String() {
		return domain.SignInExpired()
	}
	return nil
}

// mayBeRepeated says whether a request may have completed the step before and not have got its answer.
func mayBeRepeated(ctx context.Context, in domain.SignIn, k domain.StepKind) bool {
	return rpc.RequestOf(ctx).IdempotencyKey != "" && in.Met.Has(k)
}

// completePassword verifies the password. What it leads to is decided by what the account has now.
func (a *App) completePassword(
	ctx context.Context, cmd StepCommand, in domain.SignIn, answered idempotency.Hook[Progress],
) (out Progress, err error) {
	if cmd.Password.IsZero() {
		return out, required("password")
	}
	holder, err := a.Store.Holder(ctx, in.AccountID, in.Devices, a.Now())
	if err != nil {
		return out, err
	}
	t := attempt{holder: holder, password: cmd.Password, target: a.targetOf(ctx, in.Subject)}
	err = a.verifyPassword(ctx, t, func(ctx context.Context, tx *store.Tx, now time.Time) (bool, error) {
		c := course{holder: holder, remember: cmd.Remember}
		if c.SignIn, err = tx.LockSignIn(ctx, in.ID); err != nil {
			return false, err
		}
		if refusal := c.CheckOpen(cmd.Kind, now); refusal != nil {
			return false, repeated(ctx, tx, answered, refusal)
		}
		if c.Purpose == domain.BeginSession {
			c.Needs = domain.SignInPaths(holder.Factors, holder.Remembered)
		}
		c.Met = c.Met.With(domain.ByPassword(now)...)
		if out, err = a.advance(ctx, tx, c, now); err != nil {
			return false, err
		}
		return out.Active(), answered(ctx, tx, out)
	})
	return out, err
}

// repeated answers a request whose step is behind: with the answer of before, if it is the same request, or the refusal.
func repeated(ctx context.Context, tx *store.Tx, answered idempotency.Hook[Progress], refusal error) error {
	if err := answered(ctx, tx, Progress{}); err != nil {
		return err
	}
	return refusal
}

func required(field string) error {
	var fields errs.Fields
	fields.Add(field, errorsv1.Reason_FIELD_REQUIRED)
	return fields.Err()
}

// factorTry is a proof of a second factor under way.
type factorTry struct {
	StepCommand

	kind   factors.Kind
	proof  factors.Proof
	lookup []byte
	// mac knows the proof again.
	mac []byte
}

// completeFactor judges a proof of a second factor: first by another service, if its kind needs one, and then under the locks on
// the sign-in and the factor, so that no more of many concurrent guesses are compared than of as many in a row.
func (a *App) completeFactor(
	ctx context.Context, cmd StepCommand, in domain.SignIn, answered idempotency.Hook[Progress],
) (out Progress, err error) {
	try, err := a.factorTry(ctx, cmd, in)
	if err != nil {
		return out, err
	}
	if err := try.kind.Ask(ctx, try.proof); err != nil {
		return out, err
	}
	var refusal error
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		refusal = nil
		c := course{remember: cmd.Remember}
		if c.SignIn, err = tx.LockSignIn(ctx, in.ID); err != nil {
			return err
		}
		out, refusal, err = a.tryFactor(ctx, tx, c, try, answered)
		return err
	})
	if err == nil {
		err = refusal
	}
	return out, err
}

func (a *App) factorTry(ctx context.Context, cmd StepCommand, in domain.SignIn) (try factorTry, err error) {
	kind, ok := a.Factors.Of(cmd.Kind)
	if !ok {
		return try, domain.StepNotOpen()
	}
	presented := []byte(cmd.Code)
	if cmd.Kind == accountv1.StepKind_PASSKEY {
		presented = cmd.Credential
	}
	try = factorTry{StepCommand: cmd, kind: kind, mac: a.stepMAC(in.ID, cmd.Kind, presented)}
	try.proof = factors.Proof{
		FlowID: in.ID.String(), AttemptID: a.attemptID(in.ID, cmd.Code), Person: factors.Person{AccountID: in.AccountID},
		Code: cmd.Code, Credential: cmd.Credential, Challenge: in.Challenge,
	}
	if err := a.contactsFor(ctx, a.Store, cmd.Kind, &try.proof.Person); err != nil {
		return try, err
	}
	try.lookup, err = kind.Lookup(try.proof)
	return try, err
}

// stepMAC knows what was presented at a step again.
func (a *App) stepMAC(flow uuid.UUID, k domain.StepKind, presented []byte) []byte {
	return a.Keys.MAC("step proof", flow[:], []byte(k.String()), presented)
}

// tryFactor judges the proof, counts a wrong one, and goes on after a right one. A refusal is given after the commit that
// counted it.
func (a *App) tryFactor(
	ctx context.Context, tx *store.Tx, c course, try factorTry, answered idempotency.Hook[Progress],
) (out Progress, refusal, err error) {
	now := a.Now()
	notOpen := c.CheckOpen(try.Kind, now)
	step, met := c.Met.Of(try.Kind)
	switch {
	case notOpen != nil && !met:
		return out, notOpen, nil
	case notOpen != nil && secret.Equal(step.Proof, try.mac):
		return out, nil, repeated(ctx, tx, answered, notOpen)
	}
	f, err := a.lockFactor(ctx, tx, c, try)
	if err != nil {
		return out, nil, err
	}
	if refusal := a.FactorLimits.Of(f.Kind).CheckOpen(f.Lockout, now); refusal != nil {
		return out, refusal, nil
	}
	if notOpen != nil && f.ID == uuid.Nil { // what nobody has bound keeps its failures elsewhere
		return out, notOpen, nil
	}
	if notOpen != nil { // another proof of a step that is behind is a guess at what was presented then
		refusal, err = a.failFactor(ctx, tx, c, f, now)
		return out, refusal, err
	}
	checked, err := try.kind.Check(ctx, tx, f, try.proof, now)
	if errs.Is(err, errorsv1.Reason_CODE_WRONG) {
		refusal, err = a.failFactor(ctx, tx, c, f, now)
		return out, refusal, err
	}
	if err != nil {
		return out, nil, err
	}
	out, err = a.proven(ctx, tx, c, try, checked, now)
	if err != nil {
		return out, nil, err
	}
	return out, nil, answered(ctx, tx, out)
}

// proven goes on with a sign-in after a right proof.
func (a *App) proven(
	ctx context.Context, tx *store.Tx, c course, try factorTry, checked factors.Checked, now time.Time,
) (out Progress, err error) {
	if c.holder, err = a.useFactor(ctx, tx, checked.Factor, c.Devices, now); err != nil {
		return out, err
	}
	c.AccountID, c.CodeExpireTime = checked.AccountID, time.Time{}
	c.Met = c.Met.With(domain.Step{Kind: try.Kind, Time: now, HoldingID: checked.ID, Synced: checked.Synced, Proof: try.mac})
	out, err = a.advance(ctx, tx, c, now)
	if err != nil || !out.Active() || c.Purpose != domain.BeginSession {
		return out, err
	}
	until, worthBefore := a.Throttle.Known(now)
	return out, tx.KnowAddress(ctx, a.target(ctx, "account", c.AccountID.String()), until, worthBefore)
}

// lockFactor finds the factor that is to be proven. A passkey says itself whose it is: in a sign-in with a login it must be that
// account's, and in one with nobody's login it is as wrong as another person's.
func (a *App) lockFactor(ctx context.Context, tx *store.Tx, c course, try factorTry) (domain.Factor, error) {
	f, err := tx.LockFactor(ctx, c.AccountID, try.Kind, try.lookup)
	switch missing := errs.Is(err, errorsv1.Reason_FACTOR_NOT_FOUND); {
	case missing && c.Purpose == domain.StepUp:
		return unbound(ctx, tx, c.AccountID, try.kind)
	case missing && try.lookup == nil:
		return f, domain.StepNotOpen()
	case try.lookup == nil:
		return f, err
	}
	if errs.Is(err, errorsv1.Reason_FACTOR_NOT_FOUND) || err == nil && f.AccountID != c.AccountID && !c.ByPasskeyAlone() {
		err = domain.CredentialRefused(err)
	}
	return f, err
}

// unbound is the factor that nobody has bound (see phoneInstead), if the account has no other: one that was bound meanwhile is to be
// proven instead.
func unbound(ctx context.Context, tx *store.Tx, account uuid.UUID, kind factors.Kind) (domain.Factor, error) {
	f, ok := kind.Unbound(account)
	if !ok {
		return f, domain.StepNotOpen()
	}
	if _, err := tx.LockAccount(ctx, account); err != nil {
		return f, err
	}
	all, err := tx.Factors(ctx, account)
	if err == nil && len(all.Bound()) > 0 {
		err = domain.StepNotOpen()
	}
	return f, err
}

// useFactor stores that a factor was proven, and gives whose it is.
func (a *App) useFactor(ctx context.Context, tx *store.Tx, f domain.Factor, d domain.DeviceHashes, now time.Time) (store.Holder, error) {
	f.Lockout, f.LastUseTime = domain.Lockout{}, now
	if err := tx.SetFactor(ctx, f); err != nil {
		return store.Holder{}, err
	}
	if f.Kind == accountv1.StepKind_BACKUP_CODE {
		if err := a.tellBackupCodeUsed(ctx, tx, f); err != nil {
			return store.Holder{}, err
		}
	}
	holder, err := tx.Holder(ctx, f.AccountID, d, now)
	if f.Kind == accountv1.StepKind_BACKUP_CODE && !slices.Contains(holder.Factors, f.Kind) { // the last is spent by now, and yet it was one
		holder.Factors = append(holder.Factors, f.Kind)
	}
	return holder, err
}

// attemptID names a guess in its flow: the same code again is the same guess.
func (a *App) attemptID(flow uuid.UUID, code string) string {
	return hex.EncodeToString(a.Keys.MAC("attempt", flow[:], []byte(code)))
}

// SendCode sends the code of a step.
func (a *App) SendCode(ctx context.Context, token string, surface accountv1.Surface, k domain.StepKind) (factors.Sent, error) {
	in, err := a.Store.SignIn(ctx, token, surface)
	if err != nil {
		return factors.Sent{}, err
	}
	if err := checkSession(ctx, in); err != nil {
		return factors.Sent{}, err
	}
	if err := in.CheckOpen(k, a.Now()); err != nil {
		return factors.Sent{}, err
	}
	return a.sendCode(ctx, in, k)
}

// sendCode sends the code of a second factor, or of the trusted contact.
func (a *App) sendCode(ctx context.Context, in domain.SignIn, k domain.StepKind) (factors.Sent, error) {
	if k == accountv1.StepKind_TRUSTED_CONTACT {
		return a.sendTrusted(ctx, in)
	}
	kind, ok := a.Factors.Of(k)
	if !ok {
		return factors.Sent{}, domain.StepNotOpen()
	}
	who := factors.Person{AccountID: in.AccountID}
	if err := a.contactsFor(ctx, a.Store, k, &who); err != nil {
		return factors.Sent{}, err
	}
	sent, err := kind.Send(ctx, who, in.ID.String(), a.sendID(ctx, in.ID))
	if err != nil {
		return factors.Sent{}, err
	}
	return sent, a.Store.SetCodeSent(ctx, in.ID, sent.ExpireTime)
}

// sendID names a send in its flow: the same request repeated sends nothing more.
func (a *App) sendID(ctx context.Context, flow uuid.UUID) string {
	key := rpc.RequestOf(ctx).IdempotencyKey
	if key == "" {
		return ""
	}
	return hex.EncodeToString(a.Keys.MAC("send", flow[:], []byte(key)))
}
