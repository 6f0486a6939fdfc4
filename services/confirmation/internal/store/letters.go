package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/letter"
	"github.com/propusk-id/propusk/services/confirmation/internal/store/db"
)

// Letter is a letter as it is stored.
type Letter struct {
	domain.Letter
	AccountID, SnapshotID uuid.UUID
	CodeMAC               []byte
	Addressee, Address    string
	TrackingNumber        string
}

// ErrNoLetter refuses a letter that does not exist or is somebody else's.
func ErrNoLetter() error {
	return errs.New(errorsv1.Reason_LETTER_NOT_FOUND, "there is no such letter")
}

// NextNumber is the running number of a letter, unique among ten million.
func (t *Tx) NextNumber(ctx context.Context) (int64, error) { return t.q.NextLetterNumber(ctx) }

// OrderTimes are the account's orders since an instant, newest first.
func (t *Tx) OrderTimes(ctx context.Context, accountID uuid.UUID, since time.Time) ([]time.Time, error) {
	return t.q.OrderTimes(ctx, db.OrderTimesParams{AccountID: accountID, CreatedAt: since})
}

// InsertLetter stores a letter and its printed form, sealed.
func (t *Tx) InsertLetter(ctx context.Context, l Letter, p letter.Printed) error {
	s := sealer{keys: t.keys, row: l.ID.String()}
	row := db.InsertLetterParams{
		ID: l.ID, AccountID: l.AccountID, SnapshotID: l.SnapshotID, CodeMac: l.CodeMAC,
		Addressee: s.seal("addressee", []byte(l.Addressee)), Address: s.seal("address", []byte(l.Address)),
		Pdf: s.seal("pdf", p.PDF), Body: s.seal("body", []byte(p.Text)),
		TrackingNumber: l.TrackingNumber, State: l.State.String(), CreatedAt: l.CreateTime, CodeExpiresAt: l.ExpireTime,
	}
	if s.err != nil {
		return s.err
	}
	return t.q.InsertLetter(ctx, row)
}

// Letters are the account's letters before a moment, newest first.
func (c conn) Letters(ctx context.Context, accountID uuid.UUID, before paging.Moment, limit int32) ([]Letter, error) {
	rows, err := c.q.ListLetters(ctx, db.ListLettersParams{AccountID: accountID, BeforeAt: before.Time, BeforeID: before.ID, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := make([]Letter, len(rows))
	for i, row := range rows {
		if out[i], err = c.open(db.GetLetterRow(row)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Letter finds a letter by id.
func (c conn) Letter(ctx context.Context, id uuid.UUID) (Letter, error) {
	row, err := c.q.GetLetter(ctx, id)
	if pg.IsNotFound(err) {
		return Letter{}, ErrNoLetter()
	}
	if err != nil {
		return Letter{}, err
	}
	return c.open(row)
}

// Print is the printed form for the post; not found once the post has it or the letter is void.
func (c conn) Print(ctx context.Context, id uuid.UUID) (letter.Printed, bool, error) {
	row, err := c.q.GetPrint(ctx, id)
	if pg.IsNotFound(err) || err == nil && row.Pdf == nil {
		return letter.Printed{}, false, nil
	}
	if err != nil {
		return letter.Printed{}, false, err
	}
	s := sealer{keys: c.keys, row: id.String()}
	printed := letter.Printed{PDF: s.open("pdf", row.Pdf), Text: string(s.open("body", row.Body))}
	return printed, s.err == nil, s.err
}

// LockLetter locks a letter until the transaction ends; of it only what moving needs is read.
func (t *Tx) LockLetter(ctx context.Context, id uuid.UUID) (Letter, error) {
	row, err := t.q.LockLetter(ctx, id)
	if pg.IsNotFound(err) {
		return Letter{}, ErrNoLetter()
	}
	l := domain.Letter{ID: id, State: state(row.State), CreateTime: row.CreatedAt, ExpireTime: row.CodeExpiresAt}
	return Letter{Letter: l, AccountID: row.AccountID}, err
}

// SetState moves a letter.
func (t *Tx) SetState(ctx context.Context, id uuid.UUID, to domain.State) error {
	return t.q.SetState(ctx, db.SetStateParams{ID: id, State: to.String()})
}

// WipePrint deletes the printed form.
func (t *Tx) WipePrint(ctx context.Context, id uuid.UUID) error { return t.q.WipePrint(ctx, id) }

// NoteReminder records that the holder is reminded; false: the reminder was recorded before.
func (t *Tx) NoteReminder(ctx context.Context, id uuid.UUID, now time.Time) (bool, error) {
	n, err := t.q.NoteReminder(ctx, db.NoteReminderParams{ID: id, Now: now})
	return n == 1, err
}

// CountTry counts a wrong code against a letter.
func (t *Tx) CountTry(ctx context.Context, id uuid.UUID) error { return t.q.CountTry(ctx, id) }

// VoidLetters voids all live letters of the account and returns their ids.
func (t *Tx) VoidLetters(ctx context.Context, accountID uuid.UUID) ([]uuid.UUID, error) {
	return t.q.VoidLetters(ctx, accountID)
}

// ExpireLetters marks up to a thousand letters whose time is over: id → account.
func (t *Tx) ExpireLetters(ctx context.Context, now time.Time) (map[uuid.UUID]uuid.UUID, error) {
	rows, err := t.q.ExpireLetters(ctx, now)
	out := make(map[uuid.UUID]uuid.UUID, len(rows))
	for _, row := range rows {
		out[row.ID] = row.AccountID
	}
	return out, err
}

func state(name string) domain.State { return domain.State(confirmationv1.LetterState_value[name]) }

func (c conn) open(row db.GetLetterRow) (Letter, error) {
	s := sealer{keys: c.keys, row: row.ID.String()}
	l := Letter{
		Letter: domain.Letter{
			ID: row.ID, State: state(row.State), Tries: int(row.Tries),
			CreateTime: row.CreatedAt, ExpireTime: row.CodeExpiresAt,
		},
		AccountID: row.AccountID, SnapshotID: row.SnapshotID, CodeMAC: row.CodeMac,
		Addressee: string(s.open("addressee", row.Addressee)), Address: string(s.open("address", row.Address)),
		TrackingNumber: row.TrackingNumber,
	}
	return l, s.err
}

// sealer seals and opens the columns of one letter; after the first error it does nothing more.
type sealer struct {
	keys *secret.Keys
	row  string
	err  error
}

func (s *sealer) seal(column string, plain []byte) []byte {
	return s.do(s.keys.Seal, column, plain)
}

func (s *sealer) open(column string, sealed []byte) []byte {
	return s.do(s.keys.Open, column, sealed)
}

func (s *sealer) do(f func([]byte, secret.AssociatedData) ([]byte, error), column string, in []byte) []byte {
	if s.err != nil {
		return nil
	}
	var out []byte
	out, s.err = f(in, secret.AssociatedData{Table: "letter_orders", Row: s.row, Column: column})
	return out
}
