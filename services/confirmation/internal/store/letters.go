package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/letter"
	"github.com/propusk-id/propusk/services/confirmation/internal/store/db"
)

// Letter is a letter as it is kept.
type Letter struct {
	domain.Letter
	AccountID, SnapshotID uuid.UUID
	CodeMAC               []byte
	Addressee, Address    string
	TrackingNumber        string
}

// ErrNoLetter refuses a letter that is not there, or somebody else's.
func ErrNoLetter() error {
	return errs.New(errs.NotFound, errorsv1.Reason_LETTER_NOT_FOUND, "there is no such letter")
}

// NextNumber is the running number of a letter: never the same for ten million of them.
func (t *Tx) NextNumber(ctx context.Context) (int64, error) { return t.q.NextLetterNumber(ctx) }

// OrderTimes are the account's orders since an instant, newest first.
func (t *Tx) OrderTimes(ctx context.Context, accountID uuid.UUID, since time.Time) ([]time.Time, error) {
	return t.q.OrderTimes(ctx, db.OrderTimesParams{AccountID: accountID, CreatedAt: since})
}

// InsertLetter keeps a letter and its print, sealed.
func (t *Tx) InsertLetter(ctx context.Context, l Letter, p letter.Printed) error {
	s := sealer{keys: t.store.keys, row: l.ID.String()}
	row := db.InsertLetterParams{
		ID: l.ID, AccountID: l.AccountID, SnapshotID: l.SnapshotID, CodeMac: l.CodeMAC,
		Addressee: s.seal("addressee", []byte(l.Addressee)), Address: s.seal("address", []byte(l.Address)),
		Pdf: s.seal("pdf", p.PDF), Body: s.seal("body", []byte(p.Text)),
		TrackingNumber: l.TrackingNumber, State: string(l.State), CreatedAt: l.CreateTime, CodeExpiresAt: l.ExpireTime,
	}
	if s.err != nil {
		return s.err
	}
	return t.q.InsertLetter(ctx, row)
}

// Letters are the account's letters, newest first.
func (s *Store) Letters(ctx context.Context, accountID uuid.UUID) ([]Letter, error) {
	return s.letters(ctx, db.New(s.pool), accountID)
}

// Letters are the account's letters, newest first.
func (t *Tx) Letters(ctx context.Context, accountID uuid.UUID) ([]Letter, error) {
	return t.store.letters(ctx, t.q, accountID)
}

func (s *Store) letters(ctx context.Context, q *db.Queries, accountID uuid.UUID) ([]Letter, error) {
	rows, err := q.ListLetters(ctx, accountID)
	if err != nil {
		return nil, err
	}
	out := make([]Letter, len(rows))
	for i, row := range rows {
		if out[i], err = s.open(db.GetLetterRow(row)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Letter finds a letter by id.
func (s *Store) Letter(ctx context.Context, id uuid.UUID) (Letter, error) {
	row, err := db.New(s.pool).GetLetter(ctx, id)
	if pg.IsNotFound(err) {
		return Letter{}, ErrNoLetter()
	}
	if err != nil {
		return Letter{}, err
	}
	return s.open(row)
}

// Print is what is handed to the post; nothing once that is done or the letter is void.
func (s *Store) Print(ctx context.Context, id uuid.UUID) (letter.Printed, bool, error) {
	row, err := db.New(s.pool).GetPrint(ctx, id)
	if pg.IsNotFound(err) || err == nil && row.Pdf == nil {
		return letter.Printed{}, false, nil
	}
	if err != nil {
		return letter.Printed{}, false, err
	}
	o := sealer{keys: s.keys, row: id.String()}
	printed := letter.Printed{PDF: o.open("pdf", row.Pdf), Text: string(o.open("body", row.Body))}
	return printed, o.err == nil, o.err
}

// LockLetter locks a letter and gives what moving it needs.
func (t *Tx) LockLetter(ctx context.Context, id uuid.UUID) (Letter, error) {
	row, err := t.q.LockLetter(ctx, id)
	if pg.IsNotFound(err) {
		return Letter{}, ErrNoLetter()
	}
	l := domain.Letter{ID: id, State: domain.State(row.State), CreateTime: row.CreatedAt, ExpireTime: row.CodeExpiresAt}
	return Letter{Letter: l, AccountID: row.AccountID}, err
}

// SetState moves a letter.
func (t *Tx) SetState(ctx context.Context, id uuid.UUID, state domain.State) error {
	return t.q.SetState(ctx, db.SetStateParams{ID: id, State: string(state)})
}

// WipePrint forgets what the letter says.
func (t *Tx) WipePrint(ctx context.Context, id uuid.UUID) error { return t.q.WipePrint(ctx, id) }

// NoteReminder notes that the holder is reminded, and says whether he was not before.
func (t *Tx) NoteReminder(ctx context.Context, id uuid.UUID, now time.Time) (bool, error) {
	n, err := t.q.NoteReminder(ctx, db.NoteReminderParams{ID: id, Now: now})
	return n == 1, err
}

// CountTry counts a wrong code against a letter.
func (t *Tx) CountTry(ctx context.Context, id uuid.UUID) error { return t.q.CountTry(ctx, id) }

// VoidLetters makes all letters of the account worthless and says which were not before.
func (t *Tx) VoidLetters(ctx context.Context, accountID uuid.UUID) ([]uuid.UUID, error) {
	return t.q.VoidLetters(ctx, accountID)
}

// ExpireLetters notes up to a thousand letters whose time is over: id → account.
func (t *Tx) ExpireLetters(ctx context.Context, now time.Time) (map[uuid.UUID]uuid.UUID, error) {
	rows, err := t.q.ExpireLetters(ctx, now)
	out := make(map[uuid.UUID]uuid.UUID, len(rows))
	for _, row := range rows {
		out[row.ID] = row.AccountID
	}
	return out, err
}

func (s *Store) open(row db.GetLetterRow) (Letter, error) {
	o := sealer{keys: s.keys, row: row.ID.String()}
	l := Letter{
		Letter: domain.Letter{
			ID: row.ID, State: domain.State(row.State), Tries: int(row.Tries),
			CreateTime: row.CreatedAt, ExpireTime: row.CodeExpiresAt,
		},
		AccountID: row.AccountID, SnapshotID: row.SnapshotID, CodeMAC: row.CodeMac,
		Addressee: string(o.open("addressee", row.Addressee)), Address: string(o.open("address", row.Address)),
		TrackingNumber: row.TrackingNumber,
	}
	return l, o.err
}

// sealer seals and opens the columns of one letter; after an error it gives nothing.
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
