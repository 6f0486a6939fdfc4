package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// PutCredential stores the hash of an account's password.
func (t *Tx) PutCredential(ctx context.Context, account uuid.UUID, phc string, at time.Time) error {
	sealed, err := t.keys.Seal([]byte(phc), credentialAD(account))
	if err != nil {
		return err
	}
	return t.q.PutCredential(ctx, db.PutCredentialParams{AccountID: account, Sealed: sealed, SetAt: at})
}

// Credential is the hash of an account's password.
func (c conn) Credential(ctx context.Context, account uuid.UUID) (string, error) {
	sealed, err := c.q.GetCredential(ctx, account)
	if err != nil {
		return "", err
	}
	return c.openCredential(account, sealed)
}

// CredentialOf is the account that the identifier belongs to, its level and the hash of its password; they are empty when
// it belongs to no account.
func (c conn) CredentialOf(ctx context.Context, i domain.Identifier) (uuid.UUID, accountv1.Level, string, error) {
	row, err := c.q.FindCredential(ctx, db.FindCredentialParams(search(c.keys, i)))
	if pg.IsNotFound(err) {
		return uuid.Nil, 0, "", nil
	}
	if err != nil {
		return uuid.Nil, 0, "", err
	}
	phc, err := c.openCredential(row.AccountID, row.Sealed)
	return row.AccountID, accountv1.Level(row.Level), phc, err
}

func (c conn) openCredential(account uuid.UUID, sealed []byte) (string, error) {
	phc, err := c.keys.Open(sealed, credentialAD(account))
	return string(phc), err
}

func credentialAD(account uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "credentials", Row: account.String(), Column: "sealed"}
}
