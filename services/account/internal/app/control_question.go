package app

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// ControlQuestion is the account's question.
func (a *App) ControlQuestion(ctx context.Context, account uuid.UUID) (domain.ControlQuestion, error) {
	return a.Store.ControlQuestion(ctx, account)
}

// SetControlQuestion sets the question. The answer is hashed like a password, as people write it.
func (a *App) SetControlQuestion(
	ctx context.Context, account uuid.UUID, question, answer string,
) (out domain.ControlQuestion, err error) {
	question, answer = password.Normal(question), password.Normal(answer)
	if err := domain.CheckControlQuestion(question, answer); err != nil {
		return out, err
	}
	out = domain.ControlQuestion{Question: strings.TrimSpace(question), SetTime: a.Now()}
	if out.PHC, err = a.Hasher.Hash(ctx, domain.NormalAnswer(answer)); err != nil {
		return out, err
	}
	return out, a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockAccount(ctx, account); err != nil {
			return err
		}
		if err := tx.SetControlQuestion(ctx, account, out); err != nil {
			return err
		}
		if err := tx.EndRecoveries(ctx, account, a.Now()); err != nil { // the old answer may have been given in one
			return err
		}
		return tx.Emit(ctx, account.String(), &eventsv1.ControlQuestionChanged{AccountId: account.String()})
	})
}

// DeleteControlQuestion takes the question off the account.
func (a *App) DeleteControlQuestion(ctx context.Context, account uuid.UUID) error {
	return a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.LockAccount(ctx, account); err != nil {
			return err
		}
		had, err := tx.DeleteControlQuestion(ctx, account)
		if err != nil {
			return err
		}
		if !had {
			return errs.New(errorsv1.Reason_CONTROL_QUESTION_NOT_SET, "the account has no control question")
		}
		if err := tx.EndRecoveries(ctx, account, a.Now()); err != nil {
			return err
		}
		return tx.Emit(ctx, account.String(), &eventsv1.ControlQuestionChanged{AccountId: account.String(), Removed: true})
	})
}
