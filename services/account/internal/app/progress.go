package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// Progress is how far a sign-in has come: a session, or the steps that are left.
type Progress struct {
	// Session is the one that the sign-in has ended in, or that needs nothing more.
	Session domain.Session
	// Token is that of a new or renewed session, DeviceToken that of a device that had none: both are stored nowhere else.
	Token, DeviceToken secret.String
	// SignIn is under way, if there is no session yet. SignInToken is its token where it has just begun.
	SignIn      domain.SignIn
	SignInToken secret.String
	Steps       []OpenStep
	// Recovery is what a recovery has come to.
	Recovery Recovery
}

// OpenStep is a step that can be completed now.
type OpenStep struct {
	Kind domain.StepKind
	// Question is the person's own, of a recovery.
	Question string
	factors.Shown
}

// Active says whether there is a session.
func (p Progress) Active() bool { return p.Session.ID != uuid.Nil }

// course is a sign-in at work: whose it is, and what its end is to do.
type course struct {
	domain.SignIn

	holder store.Holder
	// session is the one that a step-up renews.
	session domain.Session
	// fresh: nothing is stored of it yet.
	fresh bool
	// remember: the device is to stand for the second factor from now on.
	remember bool
}

// begin is a new sign-in.
func (a *App) begin(in domain.SignIn, now time.Time) (domain.SignIn, error) {
	in.ID, in.CreateTime, in.ExpireTime = secret.NewID(), now, now.Add(a.SignInLife)
	passkey, ok := a.Factors.Of(accountv1.StepKind_PASSKEY)
	if !ok {
		return in, nil
	}
	var err error
	in.Challenge, err = passkey.Challenge()
	return in, err
}

// open stores a new sign-in and says what can be completed.
func (a *App) open(ctx context.Context, tx *store.Tx, in domain.SignIn) (out Progress, err error) {
	out.SignIn, out.SignInToken = in, secret.NewToken()
	if err := tx.InsertSignIn(ctx, in, out.SignInToken); err != nil {
		return out, err
	}
	out.Steps, err = a.steps(ctx, tx, in)
	return out, err
}

// advance stores what was completed, and ends the sign-in when that was all. Whom the account's person lets in nowhere, or not
// on this device, gets no further than the first proof.
func (a *App) advance(ctx context.Context, tx *store.Tx, c course, now time.Time) (out Progress, err error) {
	if c.Purpose == domain.Recover {
		return a.advanceRecovery(ctx, tx, c, now)
	}
	if c.Purpose == domain.BeginSession {
		if err := c.holder.Device.Check(); err != nil {
			return out, err
		}
	}
	c.Done = c.Needs.Done(c.Met, now)
	switch {
	case !c.Done && c.fresh:
		return a.open(ctx, tx, c.SignIn)
	case !c.fresh:
		if err := tx.SetSignIn(ctx, c.SignIn, now); err != nil {
			return out, err
		}
	}
	if !c.Done {
		out.SignIn = c.SignIn
		out.Steps, err = a.steps(ctx, tx, c.SignIn)
		return out, err
	}
	if c.Purpose == domain.StepUp {
		return a.renew(ctx, tx, c, now)
	}
	return a.beginSession(ctx, tx, c, now)
}

// beginSession makes a session of the completed steps.
func (a *App) beginSession(ctx context.Context, tx *store.Tx, c course, now time.Time) (out Progress, err error) {
	id := c.holder.AccountID.String()
	s := a.Lifetimes.Begin(secret.NewID(), c.holder.AccountID, c.Surface, c.Met, now)
	s.Level, s.Language = c.holder.Level, c.holder.Language
	s.ProofTime = domain.ProofPaths(c.holder.Factors).ProvenAt(s.Steps)
	out = Progress{Session: s, Token: secret.NewToken()}
	device := c.holder.DeviceHash
	if device == nil { // a token that the account does not know may be known to anybody
		out.DeviceToken = secret.NewToken()
		device = deviceHashes(out.DeviceToken.Reveal())
	}
	use := store.DeviceUse{
		AccountID: s.AccountID, TokenHash: device, Seen: seenIn(ctx), TrustedUntil: a.trustedUntil(c, now), Time: now,
	}
	if err := tx.UseDevice(ctx, use); err != nil {
		return out, err
	}
	if err := tx.InsertSession(ctx, store.NewSession{Session: s, Token: out.Token, Device: device, Seen: use.Seen}); err != nil {
		return out, err
	}
	if !c.holder.Device.Known {
		if err := a.metDevice(ctx, tx, c.holder.Device, s); err != nil {
			return out, err
		}
	}
	return out, tx.Emit(ctx, id, &eventsv1.SignedIn{
		AccountId: id, SessionId: s.ID.String(), Amr: s.AMR, Surface: c.Surface, NewDevice: c.holder.Device.IsNew(),
	})
}

// seenIn is what the device of a request says of itself.
func seenIn(ctx context.Context) domain.Seen {
	r := rpc.RequestOf(ctx)
	return domain.Seen{Agent: r.UserAgent, Address: r.ClientIP}
}

// trustedUntil is until when the device is remembered: only a real second factor makes it so.
func (a *App) trustedUntil(c course, now time.Time) time.Time {
	if !c.remember || c.Met.Assurance() < accountv1.Assurance_TWO_FACTORS {
		return time.Time{}
	}
	return now.Add(a.RememberFor)
}

// reader reads what a step shows: the store, or a transaction that has written it.
type reader interface {
	Contacts(ctx context.Context, account uuid.UUID) (phone, email string, err error)
	OwnContacts(ctx context.Context, account uuid.UUID) (domain.Contacts, error)
	ControlQuestion(ctx context.Context, account uuid.UUID) (domain.ControlQuestion, error)
	TrustedContact(ctx context.Context, principal uuid.UUID, now time.Time) (domain.Trust, bool, error)
}

// steps are those that can be completed next, with what the person needs to see for them.
func (a *App) steps(ctx context.Context, r reader, in domain.SignIn) ([]OpenStep, error) {
	var out []OpenStep
	for _, k := range in.Offered() {
		shown, err := a.show(ctx, r, in, k)
		if err != nil {
			return nil, err
		}
		out = append(out, shown)
	}
	return out, nil
}

func (a *App) show(ctx context.Context, r reader, in domain.SignIn, k domain.StepKind) (out OpenStep, err error) {
	out.Kind = k
	if k == accountv1.StepKind_TRUSTED_CONTACT {
		return a.showTrusted(ctx, r, in)
	}
	if in.Purpose == domain.Recover {
		if shown, err := a.showRecoveryStep(ctx, r, in, k); shown.Kind == k || err != nil {
			return shown, err
		}
	}
	kind, ok := a.Factors.Of(k)
	if !ok {
		return out, nil
	}
	who := factors.Person{AccountID: in.AccountID}
	if err := a.contactsFor(ctx, r, k, &who); err != nil {
		return out, err
	}
	if out.Shown, err = kind.Show(who, in.Challenge); err != nil {
		return out, err
	}
	if k == accountv1.StepKind_SMS_CODE {
		out.CodeExpireTime = in.CodeExpireTime
	}
	return out, nil
}

// contactsFor reads the person's contacts for a kind that sends to one.
func (a *App) contactsFor(ctx context.Context, r reader, k domain.StepKind, who *factors.Person) (err error) {
	if k == accountv1.StepKind_SMS_CODE {
		who.Phone, who.Email, err = r.Contacts(ctx, who.AccountID)
	}
	return err
}
