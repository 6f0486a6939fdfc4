package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store"
)

// IssueCommand asks for a code. SendID is its name within the flow. Decoy: the contact has an owner, who is told
// instead.
type IssueCommand struct {
	Target
	SendID string
	Decoy  bool
	// KnownAddress: the request came from where the destination's owner has been before.
	KnownAddress bool
}

// Issued says how long the code lives.
type Issued struct {
	ExpireTime, ResendTime time.Time
}

// Issue makes a code, voids the flow's previous one and has it delivered; a repeated send gets the same answer and delivers
// nothing. A decoy takes the same steps, so that nobody can tell it from a code.
func (a *App) Issue(ctx context.Context, cmd IssueCommand) (Issued, error) {
	if err := cmd.check(); err != nil {
		return Issued{}, err
	}
	send, err := a.reserve(ctx, cmd, a.Now())
	if err != nil {
		return Issued{}, err
	}
	out := Issued{ExpireTime: send.At.Add(a.Limits.Life(cmd.form())), ResendTime: send.At.Add(a.Limits.ResendAfter)}
	if send.HandedOver {
		return out, nil
	}
	if err := a.deliver(ctx, cmd, send, out.ExpireTime); err != nil {
		return Issued{}, err
	}
	return out, a.Store.HandOver(ctx, send.ID)
}

// reserve counts the send before it happens: a crash costs a send, it never gives one away. What a crashed call of the
// same flow reserved, or one that is under way, is used again with its code: many calls at once are one message. What is
// refused leaves nothing behind.
func (a *App) reserve(ctx context.Context, cmd IssueCommand, now time.Time) (send domain.Send, err error) {
	var limit domain.SendLimit
	var fresh bool
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		destination, lockout, err := tx.PutDestination(ctx, a.indexes(cmd.Target))
		if err != nil {
			return err
		}
		sent, err := tx.Sends(ctx, destination, now)
		if err != nil {
			return err
		}
		var found bool
		if send, found = sent.Named(cmd.FlowID, cmd.SendID); found && send.HandedOver {
			return nil
		}
		if err := a.Limits.CheckOpen(cmd.Purpose, lockout, now); err != nil {
			return err
		}
		send, found = sent.Pending(cmd.FlowID, now.Add(-a.Limits.ResendAfter))
		if fresh = !found; found {
			return tx.NameSend(ctx, send.ID, cmd.SendID)
		}
		if limit, err = a.Limits.For(cmd.KnownAddress).CheckDestination(sent, cmd.FlowID, cmd.form(), now); err != nil {
			return err
		}
		send, limit, err = a.insert(ctx, tx, cmd, destination, now)
		return err
	})
	switch {
	case limit != "":
		a.Meter.refused(limit)
	case err == nil && fresh:
		a.Meter.sent()
	}
	return send, err
}

// insert stores and counts a new send, within the limits.
func (a *App) insert(
	ctx context.Context, tx *store.Tx, cmd IssueCommand, destination uuid.UUID, now time.Time,
) (domain.Send, domain.SendLimit, error) {
	send, err := a.newSend(ctx, cmd, destination, now)
	if err != nil {
		return send, "", err
	}
	err = tx.Emit(ctx, cmd.FlowID, &eventsv1.CodeIssued{FlowId: cmd.FlowID, Channel: cmd.Channel.String()})
	if err != nil {
		return send, "", err
	}
	// The counters come last: until the commit other sends wait for them.
	counters, err := tx.InsertSend(ctx, cmd.Purpose, send)
	if err != nil {
		return send, "", err
	}
	limit, err := a.Limits.CheckCounters(counters, now)
	return send, limit, err
}

func (a *App) newSend(ctx context.Context, cmd IssueCommand, destination uuid.UUID, now time.Time) (domain.Send, error) {
	code := secret.Digits(domain.Digits)
	if cmd.form() == domain.Link {
		code = secret.NewToken()
	}
	send := domain.Send{
		ID: secret.NewID(), DestinationID: destination, FlowID: cmd.FlowID, CallerIDs: []string{cmd.SendID},
		At:         now.Truncate(time.Microsecond), // as Postgres stores it, so that a repeated call's answer is the same
		AddressMAC: a.Keys.MAC("address", []byte(rpc.RequestOf(ctx).Network())),
	}
	var err error
	send.SealedCode, err = a.Keys.Seal([]byte(code.Reveal()), codeAD(send.ID))
	return send, err
}

func codeAD(id uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "sends", Row: id.String(), Column: "code"}
}

// deliver stores the code's MAC and gives the code itself to notification, which stores it encrypted until it is sent.
func (a *App) deliver(ctx context.Context, cmd IssueCommand, send domain.Send, expire time.Time) error {
	plain, err := a.Keys.Open(send.SealedCode, codeAD(send.ID))
	if err != nil {
		return err
	}
	code := domain.Code{
		ID: send.ID, FlowID: cmd.FlowID, MAC: a.mac(send.ID.String(), string(plain)), Decoy: cmd.Decoy, ExpireTime: expire,
	}
	if err := a.Codes.Put(ctx, a.slot(cmd.Target), code, a.Now()); err != nil {
		return err
	}
	_, err = a.Notification.SendMessage(ctx, message(cmd, send.ID, secret.New(string(plain)), expire))
	return err
}

// words are the templates of a purpose: by text message, by email, and for the owner of a contact that somebody else
// presents. Where there is none, the purpose knows no such message.
type words struct{ sms, email, decoy string }

func wordsOf(p otpv1.Purpose) words {
	switch p {
	case otpv1.Purpose_REGISTRATION:
		return words{sms: "registration_code", email: "registration_link", decoy: "contact_taken"}
	case otpv1.Purpose_SECOND_FACTOR, otpv1.Purpose_FACTOR_BINDING:
		return words{sms: "second_factor_code"}
	case otpv1.Purpose_CONTACT:
		return words{sms: "contact_code", email: "contact_code", decoy: "contact_in_use"}
	case otpv1.Purpose_CONTACT_CLAIM:
		return words{sms: "contact_claim_code", email: "contact_claim_code"}
	case otpv1.Purpose_RECOVERY:
		return words{sms: "recovery_code", email: "recovery_code", decoy: "recovery_unknown"}
	case otpv1.Purpose_TRUSTED_CONTACT:
		return words{sms: "trusted_contact_code", email: "trusted_contact_code"}
	case otpv1.Purpose_PURPOSE_UNSPECIFIED:
	}
	return words{}
}

func (cmd IssueCommand) template() string {
	w := wordsOf(cmd.Purpose)
	switch {
	case cmd.Decoy:
		return w.decoy
	case cmd.Channel == otpv1.Channel_EMAIL:
		return w.email
	}
	return w.sms
}

// check refuses what the purpose has no message for.
func (cmd IssueCommand) check() error {
	var wrong errs.Fields
	if cmd.template() == "" {
		wrong.Add("purpose", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	return wrong.Err()
}

func message(cmd IssueCommand, id uuid.UUID, code secret.String, expire time.Time) *notificationv1.SendMessageRequest {
	m := &notificationv1.SendMessageRequest{
		IdempotencyKey: id.String(), Template: cmd.template(), Channel: notificationv1.Channel_SMS,
		Destination: cmd.Destination, ExpireTime: timestamppb.New(expire),
	}
	if cmd.Channel == otpv1.Channel_EMAIL {
		m.Channel = notificationv1.Channel_EMAIL
	}
	switch {
	case cmd.Decoy:
	case cmd.form() == domain.Link:
		m.Params = map[string]string{"registration_id": cmd.FlowID, "token": code.Reveal()}
	default:
		m.Params = map[string]string{"code": code.Reveal()}
	}
	return m
}
