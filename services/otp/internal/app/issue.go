package app

import (
	"context"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store"
)

const codeDigits = 6

// IssueCommand asks for a code. SendID is its name within the flow. Decoy: the contact has an owner, who is told
// instead.
type IssueCommand struct {
	Target
	SendID string
	Decoy  bool
}

// Issued says how long the code lives.
type Issued struct {
	ExpireTime, ResendTime time.Time
}

// Issue makes a code, voids the previous one and has it delivered; a repeated send gets the same answer and delivers
// nothing. A decoy takes the same steps, so that nobody can tell it from a code.
func (a *App) Issue(ctx context.Context, cmd IssueCommand) (Issued, error) {
	send, err := a.reserve(ctx, cmd, a.Now())
	if err != nil {
		return Issued{}, err
	}
	out := Issued{ExpireTime: send.At.Add(a.Limits.Life(cmd.Channel)), ResendTime: send.At.Add(a.Limits.ResendAfter)}
	if send.HandedOver {
		return out, nil
	}
	if err := a.deliver(ctx, cmd, send, out.ExpireTime); err != nil {
		return Issued{}, err
	}
	return out, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err := tx.HandOver(ctx, send.ID); !first || err != nil {
			return err
		}
		return tx.Emit(ctx, cmd.FlowID, &eventsv1.CodeIssued{FlowId: cmd.FlowID, Channel: cmd.Channel.String()})
	})
}

// reserve counts the send before it happens: a crash costs a send, it never gives one away. What a crashed call of the
// same flow reserved, or one that is under way, is used again with its code: many calls at once are one message.
func (a *App) reserve(ctx context.Context, cmd IssueCommand, now time.Time) (send store.Send, err error) {
	var fresh bool
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		destination, lockout, err := tx.PutDestination(ctx, a.indexes(cmd.Target))
		if err != nil {
			return err
		}
		var found bool
		send, found, err = tx.FindSend(ctx, destination, cmd.FlowID, cmd.SendID)
		if err != nil || found && send.HandedOver {
			return err
		}
		if err := a.Limits.CheckOpen(cmd.Purpose, lockout, now); err != nil {
			return err
		}
		send, found, err = tx.FindPendingSend(ctx, destination, cmd.FlowID, now.Add(-a.Limits.ResendAfter))
		if err != nil {
			return err
		}
		if fresh = !found; found {
			return tx.NameSend(ctx, send.ID, cmd.SendID)
		}
		if send, err = a.newSend(ctx, cmd, destination, now); err != nil {
			return err
		}
		return a.count(ctx, tx, send)
	})
	if err == nil && fresh {
		a.Meter.sent()
	}
	return send, err
}

// count records a new send, within the limits.
func (a *App) count(ctx context.Context, tx *store.Tx, send store.Send) error {
	history, err := tx.History(ctx, send)
	if err != nil {
		return err
	}
	if limit, err := a.Limits.CheckSend(history, send.At); err != nil {
		a.Meter.refused(limit)
		return err
	}
	return tx.InsertSend(ctx, send)
}

func (a *App) newSend(ctx context.Context, cmd IssueCommand, destination uuid.UUID, now time.Time) (store.Send, error) {
	code := secret.Digits(codeDigits)
	if cmd.Channel == otpv1.Channel_EMAIL {
		code = secret.NewToken()
	}
	send := store.Send{
		ID: secret.NewID(), DestinationID: destination, FlowID: cmd.FlowID, CallerID: cmd.SendID,
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
func (a *App) deliver(ctx context.Context, cmd IssueCommand, send store.Send, expire time.Time) error {
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

func message(cmd IssueCommand, id uuid.UUID, code secret.String, expire time.Time) *notificationv1.SendMessageRequest {
	m := &notificationv1.SendMessageRequest{
		IdempotencyKey: id.String(),
		Channel:        notificationv1.Channel_SMS,
		Destination:    cmd.Destination,
		ExpireTime:     timestamppb.New(expire),
	}
	if cmd.Channel == otpv1.Channel_EMAIL {
		m.Channel = notificationv1.Channel_EMAIL
	}
	switch {
	case cmd.Decoy:
		m.Template = "contact_taken"
	case cmd.Channel == otpv1.Channel_EMAIL:
		m.Template = "registration_link"
		m.Params = map[string]string{"registration_id": cmd.FlowID, "token": code.Reveal()}
	default:
		m.Template = "registration_code"
		m.Params = map[string]string{"code": code.Reveal()}
	}
	return m
}
