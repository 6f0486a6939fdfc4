// Package app is the simulated outside world: messages arrive, letters travel.
package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
	"github.com/propusk-id/propusk/services/sandbox/internal/store"
)

// App has the use cases.
type App struct {
	Store    *store.Store
	Registry registryv1.RegistryServiceClient
	OIDC     oidcv1.OIDCServiceClient
	Patterns domain.Patterns
	// Keys seal the demo partner's cookie and the tokens of pages.
	Keys *secret.Keys
	// Changes tells of new messages and letters.
	Changes *Broadcaster
	// LetterTime is how long the post takes to deliver.
	LetterTime time.Duration
	// DeliverWait is how long a delivery waits for a letter that is still on its way to the post.
	DeliverWait time.Duration
	// DelayTime is how late messages arrive with the switch "delay".
	DelayTime time.Duration
	Now       func() time.Time
}

// keepMessages is how long a message can be read.
const keepMessages = 30 * 24 * time.Hour

// Receive accepts an SMS or e-mail and handles it as the switches say. A repeated source id has no second effect.
func (a *App) Receive(ctx context.Context, m domain.Message) error {
	o, err := a.Store.Options(ctx)
	if err != nil || o.Drop {
		return err
	}
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SweepMessages(ctx, a.Now().Add(-keepMessages)); err != nil {
			return err
		}
		return a.insert(ctx, tx, m, o)
	})
}

// insert stores the message, once or twice, visible now or later.
func (a *App) insert(ctx context.Context, tx *store.Tx, m domain.Message, o domain.Options) error {
	if err := tx.LockMessages(ctx); err != nil {
		return err
	}
	m.Code = a.Patterns.Code(m.Channel, m.Text)
	m.Recipients = domain.Contacts(m.Recipients)
	m.Time = a.Now()
	if o.Delay {
		m.Time = m.Time.Add(a.DelayTime)
	}
	copies := 1
	if o.Twice {
		copies = 2
	}
	for i := range copies {
		if err := tx.InsertMessage(ctx, m, i+1); err != nil {
			return err
		}
	}
	a.Changes.AfterCommit(ctx)
	return nil
}
