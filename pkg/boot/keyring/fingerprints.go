package keyring

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/propusk-id/propusk/pkg/secret"
)

// Querier is a connection, a pool or a transaction.
type Querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// MisfitError says that a service's key set is lost or is not the one that its data was encrypted with.
type MisfitError struct {
	Service string
	// Path is where the right key set must be.
	Path string
	// Cause is what is wrong with it.
	Cause string
}

// Error says what to restore.
func (e *MisfitError) Error() string {
	return fmt.Sprintf("the database has data of %s that only its own keys open, and %s %s: put that file back from a "+
		"backup (with Docker it is in the volume secrets-%s), and beside it the file %q unless PROPUSK_KEK is set",
		e.Service, e.Path, e.Cause, e.Service, kekFile)
}

// CheckData refuses keys that do not open, and keys other than those that the data of the service's schema was encrypted
// with. A schema without fingerprints fits every key set, also one that is still to be made.
func CheckData(ctx context.Context, db Querier, service, dir string, givenKEK secret.String) error {
	keys, loading := Keys(dir, givenKEK)
	if loading != nil && !errors.Is(loading, fs.ErrNotExist) {
		return loading
	}
	var there bool
	err := db.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, fingerprintTable(service)).Scan(&there)
	if err != nil || !there {
		return err
	}
	noted, err := readFingerprints(ctx, db, service)
	if err != nil || len(noted) == 0 {
		return err
	}
	return fits(service, dir, noted, keys, loading)
}

// NoteKeys checks the keys as [CheckData] does and notes what is new among them: the first key set of a schema, and
// keys that a rotation added.
func NoteKeys(ctx context.Context, db Querier, service, dir string, givenKEK secret.String) error {
	noted, err := readFingerprints(ctx, db, service)
	if err != nil {
		return err
	}
	kek, err := loadKEK(dir, givenKEK)
	if err != nil {
		return err
	}
	keys, err := Keys(dir, givenKEK)
	if err := fits(service, dir, noted, keys, err); err != nil {
		return err
	}
	fresh, err := newFingerprints(keys, kek, noted)
	if err != nil || len(fresh) == 0 {
		return err
	}
	for _, f := range fresh {
		// Another KEK may have wrapped the same keys anew; keys themselves are never replaced.
		_, err := db.Exec(ctx, `INSERT INTO `+fingerprintTable(service)+` AS k (key, proof) VALUES ($1, $2)
			ON CONFLICT (key) DO UPDATE SET proof = excluded.proof WHERE k.key = $3`, f.Key, f.Proof, secret.KEKFingerprint)
		if err != nil {
			return err
		}
	}
	// Of two processes that note different key sets at once, one finds the other's here.
	if noted, err = readFingerprints(ctx, db, service); err != nil {
		return err
	}
	return fits(service, dir, noted, keys, nil)
}

// fits compares what was noted with the keys, or with the error of loading them.
func fits(service, dir string, noted []secret.Fingerprint, keys *secret.Keys, loading error) error {
	misfit := &MisfitError{Service: service, Path: filepath.Join(dir, keysFile)}
	switch {
	case loading != nil && len(noted) == 0:
		return loading
	case errors.Is(loading, fs.ErrNotExist):
		misfit.Cause = "is not there"
		return misfit
	case loading != nil:
		return loading
	}
	if err := (Set{Service: service}).Fits(keys, noted); err != nil {
		misfit.Cause = "has other ones"
		return misfit
	}
	return nil
}

// newFingerprints are of the keys and the KEK that were not noted yet.
func newFingerprints(keys *secret.Keys, kek *secret.KEK, noted []secret.Fingerprint) ([]secret.Fingerprint, error) {
	all, err := keys.Fingerprints()
	if err != nil {
		return nil, err
	}
	ofKEK, err := kek.Fingerprint()
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, f := range noted {
		known[f.Key] = f.Key != secret.KEKFingerprint || kek.Made(f)
	}
	var fresh []secret.Fingerprint
	for _, f := range append(all, ofKEK) {
		if !known[f.Key] {
			fresh = append(fresh, f)
		}
	}
	return fresh, nil
}

func readFingerprints(ctx context.Context, db Querier, service string) ([]secret.Fingerprint, error) {
	rows, err := db.Query(ctx, `SELECT key, proof FROM `+fingerprintTable(service))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[secret.Fingerprint])
}

func fingerprintTable(service string) string {
	return pgx.Identifier{service, "key_fingerprints"}.Sanitize()
}
