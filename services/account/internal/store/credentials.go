package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/store/db"
)

// PutCredential stores the hash of an account's password.
func (t *Tx) PutCredential(ctx context.Context, account uuid.UUID, phc string, at time.Time) error {
	sealed, err := t.keys.Seal([]byte(phc), credentialPlace(account))
	if err != nil {
		return err
	}
	return t.q.PutCredential(ctx, db.PutCredentialParams{AccountID: account, Sealed: sealed, SetAt: at})
}

// Credential is the hash of an account's password.
func (s *Store) Credential(ctx context.Context, account uuid.UUID) (string, error) {
	sealed, err := s.q.GetCredential(ctx, account)
	if err != nil {
		return "", err
	}
	return s.openCredential(account, sealed)
}

// CredentialOf is the account that the identifier belongs to, and the hash of its password; both are empty when it
// is nobody's.
func (s *Store) CredentialOf(ctx context.Context, i domain.Identifier) (uuid.UUID, string, error) {
	row, err := s.q.FindCredential(ctx, db.FindCredentialParams(search(s.keys, i)))
	if pg.IsNotFound(err) {
		return uuid.Nil, "", nil
	}
	if err != nil {
		return uuid.Nil, "", err
	}
	phc, err := s.openCredential(row.AccountID, row.Sealed)
	return row.AccountID, phc, err
}

func (s *Store) openCredential(account uuid.UUID, sealed []byte) (string, error) {
	phc, err := s.keys.Open(sealed, credentialPlace(account))
	return string(phc), err
}

func credentialPlace(account uuid.UUID) secret.AssociatedData {
	return secret.AssociatedData{Table: "credentials", Row: account.String(), Column: "sealed"}
}
