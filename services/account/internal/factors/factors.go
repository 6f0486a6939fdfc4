// Package factors says what every kind of second factor can do. Each kind is one folder below: how it is bound, what its step
// shows, and how a proof is checked. The use cases know only [Kind], and which kinds there are is one [List].
package factors

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// Kind is one kind of second factor.
type Kind interface {
	// Kind is the step that asks for it.
	Kind() domain.StepKind
	// Enrol begins to bind a factor to a person: it fills in what the kind needs, and says what the person is shown.
	Enrol(ctx context.Context, who Person, f domain.Factor) (Enrolled, error)
	// Activate reads the first proof of a factor that was enrolled. Codes that are wrong are refused with CODE_WRONG.
	Activate(f domain.Factor, p Proof, now time.Time) (domain.Factor, error)
	// Unbound is a factor that can be proven although nobody has bound it, where an account has none at all; false: there is none.
	Unbound(account uuid.UUID) (domain.Factor, bool)
	// Challenge makes what a proof in one sign-in has to answer; nil: nothing.
	Challenge() ([]byte, error)
	// Show is what the person needs to see for a step.
	Show(who Person, challenge []byte) (Shown, error)
	// Send sends the code of a flow. A repeated sendID sends nothing.
	Send(ctx context.Context, who Person, flowID, sendID string) (Sent, error)
	// Ask has another service judge the proof, before the transaction that Check runs in.
	Ask(ctx context.Context, p Proof) error
	// Lookup is what the proof names its factor by, hashed; nil: the account has one of the kind.
	Lookup(p Proof) ([]byte, error)
	// Check judges a proof of a bound factor, whose row is locked, and gives the factor as it is after that. CODE_WRONG counts
	// as a failure; any other refusal costs nothing.
	Check(ctx context.Context, tx Tx, f domain.Factor, p Proof, now time.Time) (Checked, error)
}

// Tx is what a check can do in its transaction.
type Tx interface {
	// SpendBackupCode spends a code; false: there is no such code, or it is spent.
	SpendBackupCode(ctx context.Context, factor uuid.UUID, mac []byte, now time.Time) (bool, error)
}

// Person is whose factor it is.
type Person struct {
	AccountID uuid.UUID
	// Phone and Email are the proven contacts; either may be empty.
	Phone, Email string
	// Factors are those that the account has.
	Factors domain.Factors
}

// Proof is what was presented.
type Proof struct {
	// FlowID is the sign-in, or the factor that is being bound; AttemptID names the guess.
	FlowID, AttemptID string
	Person            Person
	// Code is as typed, Credential the JSON of a passkey's answer to Challenge.
	Code       string
	Credential []byte
	Challenge  []byte
	// Binding: it is the first of a factor that is being bound.
	Binding bool
}

// Enrolled is a factor that was begun.
type Enrolled struct {
	domain.Factor
	// BackupCodes are the MACs of the codes that it consists of.
	BackupCodes [][]byte
	Shown       Shown
}

// Shown is what a person sees of a factor or a step.
type Shown struct {
	// OTPAuthURI and QRCode are what an authenticator app takes, as text and as SVG.
	OTPAuthURI, QRCode string
	// Options are those of navigator.credentials.create or get, in JSON.
	Options []byte
	// Destination is where codes go, masked; CodeExpireTime until when the one that was sent can be used.
	Destination    string
	CodeExpireTime time.Time
	BackupCodes    []string
}

// Sent says how long a code lives, and when the next can be sent.
type Sent struct{ ResendTime, ExpireTime time.Time }

// Checked is a factor after a right proof.
type Checked struct {
	domain.Factor
	// Synced: the passkey's key is not bound to one device.
	Synced bool
}

// List are the kinds there are.
type List []Kind

// Of is a kind; false: it is none of a second factor.
func (l List) Of(k domain.StepKind) (Kind, bool) {
	for _, kind := range l {
		if kind.Kind() == k {
			return kind, true
		}
	}
	return nil, false
}

// Local are the answers of a kind that needs no other service and sends nothing.
type Local struct{}

// Unbound is none.
func (Local) Unbound(uuid.UUID) (domain.Factor, bool) { return domain.Factor{}, false }

// Challenge is none.
func (Local) Challenge() ([]byte, error) { return nil, nil }

// Show is nothing.
func (Local) Show(Person, []byte) (Shown, error) { return Shown{}, nil }

// Send refuses: there is nothing to send.
func (Local) Send(context.Context, Person, string, string) (Sent, error) {
	return Sent{}, domain.StepNotOpen()
}

// Ask asks nobody.
func (Local) Ask(context.Context, Proof) error { return nil }

// Lookup is none.
func (Local) Lookup(Proof) ([]byte, error) { return nil, nil }
