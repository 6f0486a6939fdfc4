package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store/db"
)

// keepSends is how long a send is kept: longer than any code lives and any window counts.
const keepSends = 4 * domain.Day

// Send is one code on its way.
type Send struct {
	ID, DestinationID uuid.UUID
	FlowID            string
	AddressMAC        []byte
	At                time.Time
	// SealedCode is the code itself, encrypted, until the send is handed over.
	SealedCode []byte
}

// History counts what was sent before.
func (t *Tx) History(ctx context.Context, s Send) (domain.History, error) {
	row, err := t.q.SendHistory(ctx, db.SendHistoryParams{
		DestinationID: s.DestinationID,
		ShortFrom:     s.At.Add(-domain.ShortWindow), DayFrom: s.At.Add(-domain.Day),
	})
	if err != nil {
		return domain.History{}, err
	}
	address, err := t.q.CountSendsFrom(ctx, db.CountSendsFromParams{IpMac: s.AddressMAC, SentAt: s.At.Add(-domain.Hour)})
	if err != nil {
		return domain.History{}, err
	}
	all, err := t.q.CountSends(ctx, s.At.Add(-domain.Day))
	return domain.History{
		LastSent:     row.LastSentAt,
		ShortWindow:  domain.Sends{Count: int(row.InShortWindow), Oldest: row.OldestInShortWindow},
		Day:          domain.Sends{Count: int(row.InDay), Oldest: row.OldestInDay},
		Address:      domain.Sends{Count: int(address.Count), Oldest: address.Oldest},
		Installation: domain.Sends{Count: int(all.Count), Oldest: all.Oldest},
	}, err
}

// PendingSend finds a send of the flow that notification has not taken, with its code.
func (t *Tx) PendingSend(ctx context.Context, destination uuid.UUID, flowID string, after time.Time) (Send, bool, error) {
	row, err := t.q.PendingSend(ctx, db.PendingSendParams{DestinationID: destination, FlowID: flowID, SentAt: after})
	if pg.IsNotFound(err) {
		return Send{}, false, nil
	}
	return Send{ID: row.ID, SealedCode: row.Code}, err == nil, err
}

// InsertSend counts a send, and forgets some that are long past.
func (t *Tx) InsertSend(ctx context.Context, s Send) error {
	if _, err := t.q.SweepSends(ctx, s.At.Add(-keepSends)); err != nil {
		return err
	}
	return t.q.InsertSend(ctx, db.InsertSendParams{
		ID: s.ID, DestinationID: s.DestinationID, FlowID: s.FlowID, IpMac: s.AddressMAC, SentAt: s.At, Code: s.SealedCode,
	})
}

// HandOver notes that notification has taken the message, and forgets the code; false: a twin has noted it.
func (t *Tx) HandOver(ctx context.Context, id uuid.UUID) (bool, error) {
	n, err := t.q.HandOver(ctx, id)
	return n == 1, err
}

// Spend marks the code as used; false: it was before.
func (t *Tx) Spend(ctx context.Context, id uuid.UUID, at time.Time) (bool, error) {
	n, err := t.q.Spend(ctx, db.SpendParams{ID: id, SpentAt: &at})
	return n == 1, err
}
