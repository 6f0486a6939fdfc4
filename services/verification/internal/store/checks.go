package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/verification/internal/domain"
	"github.com/propusk-id/propusk/services/verification/internal/store/db"
)

func (r Reader) checks(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]domain.Check, error) {
	rows, err := r.q.ListChecks(ctx, ids)
	out := map[uuid.UUID][]domain.Check{}
	for _, row := range rows {
		c := domain.Check{
			Registry: domain.Registry(verificationv1.Registry_value[row.Registry]),
			State:    verificationv1.Check_State(verificationv1.Check_State_value[row.State]),
			Attempts: int(row.Attempts),
		}
		for _, name := range row.Reasons {
			c.Reasons = append(c.Reasons, domain.Reason(verificationv1.MismatchReason_value[name]))
		}
		out[row.VerificationID] = append(out[row.VerificationID], c)
	}
	return out, err
}

// SetCheck stores what a registry has said.
func (t *Tx) SetCheck(
	ctx context.Context, id uuid.UUID, r domain.Registry, state verificationv1.Check_State, reasons []domain.Reason,
) error {
	return t.q.SetCheck(ctx, db.SetCheckParams{
		VerificationID: id, Registry: r.String(), State: state.String(), Reasons: Names(reasons),
	})
}

// SetReasons gives every check of the verification a reason that no registry knows.
func (t *Tx) SetReasons(ctx context.Context, id uuid.UUID, reasons ...domain.Reason) error {
	return t.q.SetReasons(ctx, db.SetReasonsParams{VerificationID: id, Reasons: Names(reasons)})
}

// MarkUnavailable notes that a registry did not answer, and in what way, and gives how often that has happened;
// zero: it has answered meanwhile.
func (s *Store) MarkUnavailable(ctx context.Context, id uuid.UUID, r domain.Registry, how string) (int, error) {
	n, err := s.q.MarkUnavailable(ctx, db.MarkUnavailableParams{
		VerificationID: id, Registry: r.String(), LastError: how,
	})
	if pg.IsNotFound(err) {
		return 0, nil
	}
	return int(n), err
}

// Names are the reasons as they are stored and told.
func Names(reasons []domain.Reason) []string {
	names := make([]string, len(reasons))
	for i, r := range reasons {
		names[i] = r.String()
	}
	return names
}
