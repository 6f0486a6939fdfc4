package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
	"github.com/propusk-id/propusk/services/otp/internal/store/db"
)

// Sends are what the destination was sent within a day.
func (t *Tx) Sends(ctx context.Context, destination uuid.UUID, now time.Time) (domain.Sends, error) {
	rows, err := t.q.ListSends(ctx, db.ListSendsParams{DestinationID: destination, SentAt: now.Add(-domain.Day)})
	if err != nil {
		return nil, err
	}
	out := make(domain.Sends, len(rows))
	for i, row := range rows {
		out[i] = domain.Send{
			ID: row.ID, DestinationID: destination, FlowID: row.FlowID, CallerIDs: row.CallerIds, At: row.SentAt,
			SealedCode: row.Code, HandedOver: row.HandedOver, Spent: row.SpentAt != nil,
		}
	}
	return out, nil
}

// NameSend gives a send one more caller's name.
func (t *Tx) NameSend(ctx context.Context, id uuid.UUID, callerID string) error {
	return t.q.NameSend(ctx, db.NameSendParams{ID: id, CallerID: callerID})
}

// InsertSend stores a send, counts it, and says where that leaves the counters, which stay locked until the transaction
// ends: it must roll back when one is over its limit.
func (t *Tx) InsertSend(ctx context.Context, p otpv1.Purpose, s domain.Send) (domain.Counters, error) {
	var out domain.Counters
	rows, err := t.q.InsertSend(ctx, db.InsertSendParams{
		Purpose: p.String(), ID: s.ID, DestinationID: s.DestinationID, FlowID: s.FlowID, CallerID: s.CallerIDs[0],
		IpMac: s.AddressMAC, SentAt: s.At, Code: s.SealedCode,
		AddressFrom: s.At.Add(-domain.Hour), InstallationFrom: s.At.Add(-domain.Day),
	})
	for _, row := range rows {
		counter := domain.Counter{N: int(row.N), Since: row.Since}
		if row.Kind == "ADDRESS" {
			out.Address = counter
		} else {
			out.Installation = counter
		}
	}
	return out, err
}

// HandOver notes that notification has taken the message, and deletes the code.
func (c conn) HandOver(ctx context.Context, id uuid.UUID) error {
	return c.q.HandOver(ctx, id)
}
