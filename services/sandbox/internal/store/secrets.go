package store

import (
	"context"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/sandbox/internal/store/db"
)

// KeepSecret returns the secret of that name: the proposed one, if there was none before.
func (c conn) KeepSecret(ctx context.Context, name string, proposed secret.String) (secret.String, error) {
	data := secret.AssociatedData{Table: "secrets", Row: name, Column: "value"}
	sealed, err := c.keys.Seal([]byte(proposed.Reveal()), data)
	if err != nil {
		return secret.String{}, err
	}
	if sealed, err = c.q.PutSecret(ctx, db.PutSecretParams{Name: name, Value: sealed}); err != nil {
		return secret.String{}, err
	}
	plain, err := c.keys.Open(sealed, data)
	return secret.New(string(plain)), err
}
