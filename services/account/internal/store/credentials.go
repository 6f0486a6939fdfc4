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
	row, err := credentialRow(t.keys, account, phc, at)
	if err != nil {
		return err
	}
	return t.q.PutCredential(ctx, row)
}

func credentialRow(keys *secret.Keys, account uuid.UUID, phc string, at time.Time) (db.PutCredentialParams, error) {
	sealed, err := keys.Seal([]byte(phc), credentialAD(account))
	return db.PutCredentialParams{AccountID: account, Sealed: sealed, SetAt: at}, err
}

// Credential is the hash of an account's password.
func (c conn) Credential(ctx context.Context, account uuid.UUID) (string, error) {
	sealed, err := c.q.GetCredential(ctx, account)
	if err != nil {
		return "", err
	}
	return c.openCredential(account, sealed)
}

// Holder is whom an identifier belongs to: the account with what a session tells of it, and the hash of its password.
type Holder struct {
	AccountID uuid.UUID
	Level     accountv1.Level
	Language  string
	PHC       string
}

// HolderOf finds whom the identifier belongs to; empty when that is nobody.
func (c conn) HolderOf(ctx context.Context, i domain.Identifier) (Holder, error) {
	row, err := c.q.FindCredential(ctx, db.FindCredentialParams(search(c.keys, i)))
	if pg.IsNotFound(err) {
		return Holder{}, nil
	}
	if err != nil {
		return Holder{}, err
	}
	phc, err := c.openCredential(row.AccountID, row.Sealed)
	return Holder{AccountID: row.AccountID, Level: accountv1.Level(row.Level), Language: row.Language, PHC: phc}, err
}

func (c conn) openCredential(account uuid.UUID, sealed []byte) (string, error) {
	phc, err := c.keys.Open(sealed, credentialAD(account))
	return string(phc), err
}

func credentialAD(account uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "credentials", Row: account.String(), Column: "sealed"}
}
