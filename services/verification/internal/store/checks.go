package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store/db"
)

func (c conn) checks(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]domain.Check, error) {
	rows, err := c.q.ListChecks(ctx, ids)
	out := map[uuid.UUID][]domain.Check{}
	for _, row := range rows {
		check := domain.Check{
			Registry: domain.Registry(verificationv1.Registry_value[row.Registry]),
			State:    verificationv1.Check_State(verificationv1.Check_State_value[row.State]),
			Attempts: int(row.Attempts), Answer: domain.Answer{Vouched: row.Vouched},
		}
		for _, name := range row.Reasons {
			check.Reasons = append(check.Reasons, domain.Reason(verificationv1.MismatchReason_value[name]))
		}
		out[row.VerificationID] = append(out[row.VerificationID], check)
	}
	return out, err
}

// SetCheck stores a registry's answer, or that it came too late.
func (t *Tx) SetCheck(
	ctx context.Context, id uuid.UUID, r domain.Registry, state verificationv1.Check_State, answer domain.Answer,
) error {
	return t.q.SetCheck(ctx, db.SetCheckParams{
		VerificationID: id, Registry: r.String(), State: state.String(), Reasons: Names(answer.Reasons),
		Vouched: append([]string{}, answer.Vouched...),
	})
}

// SetReasons replaces the reasons of every check of the verification.
func (t *Tx) SetReasons(ctx context.Context, id uuid.UUID, reasons ...domain.Reason) error {
	return t.q.SetReasons(ctx, db.SetReasonsParams{VerificationID: id, Reasons: Names(reasons)})
}

// MarkUnavailable records that a registry did not answer and how it failed. It returns the number of failures so far;
// zero: the registry has answered meanwhile.
func (s *Store) MarkUnavailable(ctx context.Context, id uuid.UUID, r domain.Registry, how string) (int, error) {
	n, err := s.q.MarkUnavailable(ctx, db.MarkUnavailableParams{
		VerificationID: id, Registry: r.String(), LastError: how,
	})
	if pg.IsNotFound(err) {
		return 0, nil
	}
	return int(n), err
}

// Names are the reasons as they are stored and put into events.
func Names(reasons []domain.Reason) []string {
	names := make([]string, len(reasons))
	for i, r := range reasons {
		names[i] = r.String()
	}
	return names
}
