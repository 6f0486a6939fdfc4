package app

import (
	"context"

	"github.com/propusk-id/propusk/services/registry/internal/domain"
)

// CheckPension asks the pension fund; no mismatch is a match.
func (a *App) CheckPension(ctx context.Context, q domain.PensionQuestion) (domain.Comparison, error) {
	found := a.registers.Pension(q, a.today())
	subject := key{domain.PFR, string(q.SNILS)}
	if err := a.injectFault(ctx, subject, found.Fault); err != nil {
		return domain.Comparison{}, err
	}
	return found.Comparison, nil
}

// CheckPassport asks the passport register; no mismatch is a match.
func (a *App) CheckPassport(ctx context.Context, q domain.PassportQuestion) (domain.Comparison, error) {
	found := a.registers.Passport(q, a.today())
	subject := key{domain.FMS, q.Key()}
	if err := a.injectFault(ctx, subject, found.Fault); err != nil {
		return domain.Comparison{}, err
	}
	return found.Comparison, nil
}
