// Package backup is the second factor of ten codes on paper, for the case that the others are lost. Each works once.
package backup

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/factors"
)

const (
	codes = 10
	// chars of Crockford's base32 carry 50 bits.
	chars = 10
)

// Kind is a backup code.
type Kind struct {
	factors.Local
	// Keys make the MACs that are stored in the codes' place.
	Keys *secret.Keys
}

// Kind implements [factors.Kind].
func (Kind) Kind() domain.StepKind { return accountv1.StepKind_BACKUP_CODE }

// Enrol makes ten codes, which nobody sees again.
func (k Kind) Enrol(_ context.Context, _ factors.Person, f domain.Factor) (factors.Enrolled, error) {
	out := factors.Enrolled{Factor: f}
	for range codes {
		code := secret.Crockford(chars).Reveal()
		out.BackupCodes = append(out.BackupCodes, k.mac(f, code))
		out.Shown.BackupCodes = append(out.Shown.BackupCodes, code[:chars/2]+"-"+code[chars/2:])
	}
	out.CodesLeft = codes
	return out, nil
}

// Activate refuses: the codes need no proof, and are active when they are made.
func (Kind) Activate(f domain.Factor, _ factors.Proof, _ time.Time) (domain.Factor, error) {
	return f, domain.FactorNotFound()
}

// Check spends a code.
func (k Kind) Check(
	ctx context.Context, tx factors.Tx, f domain.Factor, p factors.Proof, now time.Time,
) (factors.Checked, error) {
	code, err := secret.NormalizeCrockford(p.Code)
	if err == nil && len(code) != chars {
		err = errs.Problem{Reason: errorsv1.Reason_FIELD_MALFORMED}
	}
	var malformed errs.Fields
	malformed.Check("code", err)
	if err := malformed.Err(); err != nil {
		return factors.Checked{}, err
	}
	right, err := tx.SpendBackupCode(ctx, f.ID, k.mac(f, code), now)
	if err == nil && !right {
		err = errs.New(errorsv1.Reason_CODE_WRONG, "there is no such code, or it was used")
	}
	return factors.Checked{Factor: f}, err
}

func (k Kind) mac(f domain.Factor, code string) []byte {
	return k.Keys.MAC("backup code", f.ID[:], []byte(code))
}
