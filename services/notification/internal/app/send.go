package app

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store"
)

// SendCommand asks for one message. Key is the caller's natural key for it.
type SendCommand struct {
	Key, Template         string
	Channel               domain.Channel
	Destination, Language string
	Params                map[string]string
	ExpireTime            time.Time
}

// Send queues a message for a service; two calls of one service with the same key are one message.
func (a *App) Send(ctx context.Context, cmd SendCommand) (uuid.UUID, error) {
	if cmd.Language == "" {
		cmd.Language = rpc.RequestOf(ctx).Language
	}
	m := domain.Message{
		ID: secret.NewID(), Key: rpc.CallerOf(ctx) + "/" + cmd.Key, Template: cmd.Template, Channel: cmd.Channel,
		Language: domain.Language(cmd.Language), Destination: cmd.Destination, Params: cmd.Params, ExpireTime: cmd.ExpireTime,
	}
	if m.ExpireTime.IsZero() {
		m.ExpireTime = a.Now().Add(a.Life)
	}
	if err := a.check(m); err != nil {
		return uuid.Nil, err
	}
	if m = a.inHand(m); !m.InHandUntil.IsZero() { // nothing else is written: one statement
		id, inserted, err := a.Store.Insert(ctx, m, a.Now())
		if inserted {
			a.Hand.take(m)
		}
		return id, err
	}
	id := m.ID
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		id, err = a.queue(ctx, tx, m)
		return err
	})
	return id, err
}

// check refuses a message that could never be delivered, by rendering it once.
func (a *App) check(m domain.Message) error {
	var wrong errs.Fields
	wrong.Check("destination", m.CheckDestination())
	if _, err := a.render(m); err != nil {
		wrong.Check(fieldOf(err), err)
	}
	return wrong.Err()
}

// fieldOf names the field that makes rendering fail.
func fieldOf(err error) string {
	if p, _ := problemIn(err); p.Reason == errorsv1.Reason_FIELD_REQUIRED {
		return "params"
	}
	return "template"
}

func problemIn(err error) (errs.Problem, bool) {
	var p errs.Problem
	ok := errors.As(err, &p)
	return p, ok
}

// queue stores a message and has it delivered as soon as the transaction commits: from memory if it is in hand, else by a job.
func (a *App) queue(ctx context.Context, tx *store.Tx, m domain.Message) (uuid.UUID, error) {
	id, inserted, err := tx.Insert(ctx, m, a.Now())
	if !inserted || err != nil {
		return id, err
	}
	if !m.InHandUntil.IsZero() {
		pg.AfterCommit(ctx, func() { a.Hand.take(m) })
		return id, nil
	}
	return id, tx.Enqueue(ctx, SendJob{MessageID: id}, nil)
}
