package store

import (
	"context"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/sandbox/internal/store/db"
)

// KeepSecret gives the secret of that name: the proposed one, if there was none before.
func (s *Store) KeepSecret(ctx context.Context, name string, proposed secret.String) (secret.String, error) {
	place := secret.AssociatedData{Table: "secrets", Row: name, Column: "value"}
	sealed, err := s.keys.Seal([]byte(proposed.Reveal()), place)
	if err != nil {
		return secret.String{}, err
	}
	if sealed, err = db.New(s.pool).PutSecret(ctx, db.PutSecretParams{Name: name, Value: sealed}); err != nil {
		return secret.String{}, err
	}
	plain, err := s.keys.Open(sealed, place)
	return secret.New(string(plain)), err
}
