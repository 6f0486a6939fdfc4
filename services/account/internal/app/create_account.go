package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// CreateCommand is a proven contact, one of the two, and a password.
type CreateCommand struct {
	ID           uuid.UUID
	Phone, Email string
	Password     secret.String
	// About are words that the password must not be made of.
	About    []string
	Language string
}

// Create creates a simplified account. If there is one with the id already, that is the answer to whoever presents its
// password: the call is repeatable, and never leaves a password unsaid.
func (a *App) Create(ctx context.Context, cmd CreateCommand) (domain.Account, error) {
	existing, err := a.Store.Account(ctx, cmd.ID)
	if err == nil {
		return existing, a.checkRepeated(ctx, cmd)
	}
	if !errs.Is(err, errorsv1.Reason_ACCOUNT_NOT_FOUND) {
		return existing, err
	}
	contact, err := a.check(ctx, cmd)
	if err != nil {
		return domain.Account{}, err
	}
	phc, err := a.Hasher.Hash(ctx, password.Normal(cmd.Password.Reveal()))
	if err != nil {
		return domain.Account{}, err
	}
	first, err := a.insert(ctx, cmd, contact, phc)
	if err == nil && !first {
		err = a.checkRepeated(ctx, cmd)
	}
	if err != nil {
		return domain.Account{}, err
	}
	return a.Store.Account(ctx, cmd.ID)
}

// checkRepeated refuses a call for an account that exists with another password (SIGN_IN_FAILED). The caller bounds how
// often it lets people try.
func (a *App) checkRepeated(ctx context.Context, cmd CreateCommand) error {
	phc, err := a.Store.Credential(ctx, cmd.ID)
	if err != nil {
		return err
	}
	right, err := a.Hasher.Matches(ctx, phc, password.Normal(cmd.Password.Reveal()))
	if err == nil && !right {
		err = errs.New(errorsv1.Reason_SIGN_IN_FAILED, "the account exists with another password")
	}
	return err
}

// check refuses before the expensive hash what would be refused after it.
func (a *App) check(ctx context.Context, cmd CreateCommand) (domain.Identifier, error) {
	if (cmd.Phone == "") == (cmd.Email == "") {
		return domain.Identifier{}, noContact()
	}
	contacts, err := parseContacts(cmd.Phone, cmd.Email)
	if err != nil {
		return domain.Identifier{}, err
	}
	contact := contacts[0]
	if err := a.Policy.Check(cmd.Password.Reveal(), append(cmd.About, contact.Value)); err != nil {
		return domain.Identifier{}, err
	}
	owner, found, err := a.Store.Owner(ctx, contact)
	if err == nil && found && owner != cmd.ID { // its own: a concurrent call has created the account
		err = taken()
	}
	return contact, err
}

// insert stores the account; false: a concurrent call has.
func (a *App) insert(
	ctx context.Context, cmd CreateCommand, contact domain.Identifier, phc string,
) (first bool, err error) {
	account := domain.Account{
		ID: cmd.ID, Level: accountv1.Level_SIMPLIFIED, Language: language(ctx, cmd.Language), CreateTime: a.Now(),
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if first, err = tx.InsertAccount(ctx, account); err != nil || !first {
			return err
		}
		free, err := tx.Claim(ctx, account.ID, []domain.Identifier{contact})
		if err != nil {
			return err
		}
		if !free {
			return taken()
		}
		if err := tx.PutCredential(ctx, account.ID, phc, account.CreateTime); err != nil {
			return err
		}
		stored, err := tx.Account(ctx, account.ID)
		if err != nil {
			return err
		}
		return tx.Emit(ctx, account.ID.String(), &eventsv1.AccountCreated{AccountId: account.ID.String(), Oid: stored.OID})
	})
	return first, err
}

func taken() error {
	return errs.New(errorsv1.Reason_CONTACT_TAKEN, "the contact belongs to another account")
}

// language is the one asked for, else the request's; people read Russian unless they say English.
func language(ctx context.Context, asked string) string {
	if asked == "" {
		asked = rpc.RequestOf(ctx).Language
	}
	if asked == "en" {
		return asked
	}
	return "ru"
}

// parseContacts reads the contacts that are given.
func parseContacts(phone, email string) ([]domain.Identifier, error) {
	var out []domain.Identifier
	var fields errs.Fields
	if phone != "" {
		p, err := identifiers.ParsePhone(phone)
		fields.Check("phone", err)
		out = append(out, domain.Identifier{Kind: domain.Phone, Key: string(p), Value: string(p)})
	}
	if email != "" {
		e, err := identifiers.ParseEmail(email)
		fields.Check("email", err)
		out = append(out, domain.Identifier{Kind: domain.Email, Key: e.Key(), Value: string(e)})
	}
	return out, fields.Err()
}

// noContact refuses a request with none, or with two where one is meant.
func noContact() error {
	var fields errs.Fields
	fields.Add("phone", errorsv1.Reason_CONTACT_REQUIRED)
	return fields.Err()
}
