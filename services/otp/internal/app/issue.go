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
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store"
)

const codeDigits = 6

// IssueCommand asks for a code. Decoy: the contact has an owner, who is told instead.
type IssueCommand struct {
	Target
	Decoy bool
}

// Issued says how long the code lives.
type Issued struct {
	ExpireTime, ResendTime time.Time
}

// Issue makes a code, voids the one before and has it delivered. A decoy takes the same steps, so that nobody
// can tell it from a code.
func (a *App) Issue(ctx context.Context, cmd IssueCommand) (Issued, error) {
	var out Issued
	if found, err := a.Answers.Recall(ctx, a.Store.Pool(), "IssueCode", cmd, &out); found || err != nil {
		return out, err
	}
	now := a.Now()
	id, code, err := a.reserve(ctx, cmd, now)
	if err != nil {
		return out, a.Answers.OrTwin(ctx, a.Store.Pool(), "IssueCode", cmd, &out, err)
	}
	out = Issued{ExpireTime: now.Add(a.Limits.Life(cmd.Channel)), ResendTime: now.Add(a.Limits.ResendAfter)}
	if err := a.deliver(ctx, cmd, id, code, out.ExpireTime); err != nil {
		return Issued{}, err
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		return a.Answers.Once(ctx, tx, "IssueCode", cmd, &out, func() error {
			if first, err := tx.HandOver(ctx, id); !first || err != nil {
				return err
			}
			return tx.Emit(ctx, cmd.FlowID, &eventsv1.CodeIssued{FlowId: cmd.FlowID, Channel: string(cmd.Channel)})
		})
	})
	return out, err
}

// reserve counts the send before it happens: a crash costs a send, it never gives one away. What a crashed
// try of the same flow reserved, or one that is under way, is used again with its code: many requests at once are
// one message.
func (a *App) reserve(ctx context.Context, cmd IssueCommand, now time.Time) (uuid.UUID, secret.String, error) {
	var send store.Send
	var fresh bool
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		destination, guard, err := tx.PutDestination(ctx, a.indexes(cmd.Target))
		if err != nil {
			return err
		}
		if err := a.Limits.CheckOpen(cmd.Purpose, guard, now); err != nil {
			return err
		}
		pending, found, err := tx.PendingSend(ctx, destination, cmd.FlowID, now.Add(-a.Limits.ResendAfter))
		if fresh = !found; found || err != nil {
			send = pending
			return err
		}
		if send, err = a.newSend(ctx, cmd, destination, now); err != nil {
			return err
		}
		return a.count(ctx, tx, send)
	})
	if err != nil {
		return uuid.Nil, secret.String{}, err
	}
	if fresh {
		a.Meter.sent()
	}
	code, err := a.Keys.Open(send.SealedCode, codePlace(send.ID))
	return send.ID, secret.New(string(code)), err
}

// count puts a new send on record, within the limits.
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
	if cmd.Channel == domain.Email {
		code = secret.NewToken()
	}
	send := store.Send{
		ID: secret.NewID(), DestinationID: destination, FlowID: cmd.FlowID, At: now,
		AddressMAC: a.Keys.MAC("address", []byte(rpc.RequestOf(ctx).Network())),
	}
	var err error
	send.SealedCode, err = a.Keys.Seal([]byte(code.Reveal()), codePlace(send.ID))
	return send, err
}

func codePlace(id uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "sends", Row: id.String(), Column: "code"}
}

// deliver keeps the code's MAC and gives the code itself to notification, which keeps it encrypted until it
// is sent.
func (a *App) deliver(ctx context.Context, cmd IssueCommand, id uuid.UUID, code secret.String, expire time.Time) error {
	kept := domain.Code{
		ID: id, FlowID: cmd.FlowID, MAC: a.mac(id.String(), code.Reveal()), Decoy: cmd.Decoy, ExpireTime: expire,
	}
	if err := a.Codes.Put(ctx, a.slot(cmd.Target), kept, a.Now()); err != nil {
		return err
	}
	_, err := a.Notification.SendMessage(ctx, message(cmd, id, code, expire))
	return err
}

func message(cmd IssueCommand, id uuid.UUID, code secret.String, expire time.Time) *notificationv1.SendMessageRequest {
	m := &notificationv1.SendMessageRequest{
		IdempotencyKey: id.String(),
		Channel:        notificationv1.Channel_SMS,
		Destination:    cmd.Destination,
		ExpireTime:     timestamppb.New(expire),
	}
	if cmd.Channel == domain.Email {
		m.Channel = notificationv1.Channel_EMAIL
	}
	switch {
	case cmd.Decoy:
		m.Template = "contact_taken"
	case cmd.Channel == domain.Email:
		m.Template = "registration_link"
		m.Params = map[string]string{"registration_id": cmd.FlowID, "token": code.Reveal()}
	default:
		m.Template = "registration_code"
		m.Params = map[string]string{"code": code.Reveal()}
	}
	return m
}
