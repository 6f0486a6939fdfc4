package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/propusk-id/propusk/services/notification/internal/domain"
	"github.com/propusk-id/propusk/services/notification/internal/store"
)

const (
	// handWorkers give messages to providers at once, of handPlaces that wait.
	handWorkers = 16
	handPlaces  = 1024
	// handStart is within what time a delivery from memory begins, handTime how long it may take; after both, and a margin
	// between two machines' clocks, a message that is still in hand was left by a process that died.
	handStart  = 5 * time.Second
	handTime   = 10 * time.Second
	handMargin = 5 * time.Second
)

// Hand has the messages that this process gives to their providers right after it has stored them, from memory. That is the
// common case and costs no job. What fails goes to a job, and what a crash leaves is rescued: the row says until when it is in
// hand.
type Hand struct {
	messages chan domain.Message
	closed   atomic.Bool
}

// NewHand is empty.
func NewHand() *Hand { return &Hand{messages: make(chan domain.Message, handPlaces)} }

// free says whether there is room for one more.
func (h *Hand) free() bool { return !h.closed.Load() && len(h.messages) < cap(h.messages) }

// take has a stored message delivered. One that finds no place after all is rescued.
func (h *Hand) take(m domain.Message) {
	select {
	case h.messages <- m:
	default:
	}
}

// inHand marks a message that will be delivered from memory, if there is room, and counts the attempt.
func (a *App) inHand(m domain.Message) domain.Message {
	if a.Hand.free() {
		m.Attempts, m.InHandUntil = 1, a.Now().Add(handStart+handTime+handMargin)
	}
	return m
}

// RunHand delivers until the context ends, and then what is in hand by that time.
func (a *App) RunHand(ctx context.Context) error {
	var workers sync.WaitGroup
	for range handWorkers {
		workers.Go(func() { a.work(ctx) })
	}
	workers.Wait()
	return nil
}

func (a *App) work(ctx context.Context) {
	background := context.WithoutCancel(ctx)
	for {
		select {
		case m := <-a.Hand.messages:
			a.deliverInHand(background, m)
		case <-ctx.Done():
			a.Hand.closed.Store(true)
			for range len(a.Hand.messages) {
				select {
				case m := <-a.Hand.messages:
					a.deliverInHand(background, m)
				default:
				}
			}
			return
		}
	}
}

// deliverInHand makes the first attempt. What has waited too long behind others goes to a job at once: the attempt might last
// until the rescue begins, and until then nobody would send it.
func (a *App) deliverInHand(ctx context.Context, m domain.Message) {
	if !a.Now().Before(m.InHandUntil.Add(-handTime - handMargin)) {
		a.letGo(ctx, SendJob{MessageID: m.ID})
		return
	}
	attempt, cancel := context.WithTimeout(ctx, handTime)
	defer cancel()
	if err := a.attempt(attempt, m); err != nil {
		a.Log.InfoContext(ctx, "message postponed", "message_id", m.ID, "error", err)
		a.letGo(ctx, SendJob{MessageID: m.ID, NotBefore: a.Now().Add(a.RetryFirst)})
	}
}

// letGo has the job send the message, unless the rescue has taken it.
func (a *App) letGo(ctx context.Context, job SendJob) {
	ctx, cancel := context.WithTimeout(ctx, handTime)
	defer cancel()
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if let, err := tx.LetGo(ctx, job.MessageID); !let || err != nil {
			return err
		}
		return tx.Enqueue(ctx, job, nil)
	})
	if err != nil {
		a.Log.WarnContext(ctx, "message left in hand: it is rescued", "message_id", job.MessageID, "error", err)
	}
}

// Rescue has jobs deliver what processes that died have left in hand.
func (a *App) Rescue(ctx context.Context) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		left, err := tx.TakeLeft(ctx, a.Now())
		if err != nil {
			return err
		}
		for _, id := range left {
			if err := tx.Enqueue(ctx, SendJob{MessageID: id}, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
