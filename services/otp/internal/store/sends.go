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
	// CallerID is the name that the caller gave the send.
	CallerID   string
	AddressMAC []byte
	At         time.Time
	// SealedCode is the code itself, encrypted, until notification has taken the message.
	SealedCode []byte
	HandedOver bool
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

// FindSend finds the flow's send that its caller gave this name.
func (t *Tx) FindSend(ctx context.Context, destination uuid.UUID, flowID, callerID string) (Send, bool, error) {
	row, err := t.q.FindSend(ctx, db.FindSendParams{DestinationID: destination, FlowID: flowID, CallerID: callerID})
	return found(db.FindPendingSendRow(row), err)
}

// FindPendingSend finds a send of the flow, with its code, that notification has not taken.
func (t *Tx) FindPendingSend(
	ctx context.Context, destination uuid.UUID, flowID string, after time.Time,
) (Send, bool, error) {
	return found(t.q.FindPendingSend(ctx, db.FindPendingSendParams{
		DestinationID: destination, FlowID: flowID, SentAt: after,
	}))
}

func found(row db.FindPendingSendRow, err error) (Send, bool, error) {
	if pg.IsNotFound(err) {
		return Send{}, false, nil
	}
	return Send{ID: row.ID, SealedCode: row.Code, At: row.SentAt, HandedOver: row.HandedOver}, err == nil, err
}

// NameSend gives a send one more caller's name.
func (t *Tx) NameSend(ctx context.Context, id uuid.UUID, callerID string) error {
	return t.q.NameSend(ctx, db.NameSendParams{ID: id, CallerID: callerID})
}

// InsertSend counts a send, and deletes some that are long past, with their attempts.
func (t *Tx) InsertSend(ctx context.Context, s Send) error {
	if _, err := t.q.SweepSends(ctx, s.At.Add(-keepSends)); err != nil {
		return err
	}
	return t.q.InsertSend(ctx, db.InsertSendParams{
		ID: s.ID, DestinationID: s.DestinationID, FlowID: s.FlowID, IpMac: s.AddressMAC, SentAt: s.At, Code: s.SealedCode,
		CallerID: s.CallerID,
	})
}

// HandOver notes that notification has taken the message, and deletes the code; false: a concurrent call has noted it.
func (t *Tx) HandOver(ctx context.Context, id uuid.UUID) (bool, error) {
	n, err := t.q.HandOver(ctx, id)
	return n == 1, err
}

// Spend marks the code as used; false: it had been used.
func (t *Tx) Spend(ctx context.Context, id uuid.UUID, at time.Time) (bool, error) {
	n, err := t.q.Spend(ctx, db.SpendParams{ID: id, SpentAt: &at})
	return n == 1, err
}
