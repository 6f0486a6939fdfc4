// Package consume turns events of other services into notices to people.
package consume

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/events"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	verificationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/notification/internal/app"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

type notifier struct{ app *app.App }

// Register has the use cases handle events.
func Register(c *events.Consumer, a *app.App) {
	n := notifier{a}
	n.registerAccount(c)
	n.registerSessions(c)
	n.registerContacts(c)
	n.registerSecondFactors(c)
	n.registerRecovery(c)
	n.registerTrust(c)
	n.registerVerification(c)
	n.registerConfirmation(c)
}

func (n notifier) registerAccount(c *events.Consumer) {
	events.On(c, func(ctx context.Context, e *accounteventsv1.AccountCreated) error {
		return n.tell(ctx, e, domain.Notice{Template: "welcome"})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.LevelRaised) error {
		switch e.GetLevel() {
		case accountv1.Level_STANDARD:
			return n.tell(ctx, e, domain.Notice{Template: "verification_matched", Reach: domain.Everywhere, Level: e.GetLevel()})
		case accountv1.Level_CONFIRMED:
			return n.tell(ctx, e, domain.Notice{Template: "level_confirmed", Reach: domain.Everywhere, Level: e.GetLevel()})
		default:
			return nil
		}
	})
}

// registerSecondFactors has the holder learn of every change of a lock, whoever made it.
func (n notifier) registerSecondFactors(c *events.Consumer) {
	events.On(c, func(ctx context.Context, e *accounteventsv1.SecondFactorAdded) error {
		return n.tell(ctx, e, domain.Notice{Template: "second_factor_added", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.SecondFactorRemoved) error {
		return n.tell(ctx, e, domain.Notice{Template: "second_factor_removed", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.SecondFactorLocked) error {
		return n.tell(ctx, e, domain.Notice{Template: "second_factor_locked", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *accounteventsv1.BackupCodeUsed) error {
		return n.tell(ctx, e, domain.Notice{Template: "backup_code_used", Reach: domain.Everywhere})
	})
}

func (n notifier) registerVerification(c *events.Consumer) {
	events.On(c, func(ctx context.Context, e *verificationeventsv1.VerificationNotMatched) error {
		return n.tell(ctx, e, notMatched(e.GetReasons()))
	})
	events.On(c, func(ctx context.Context, e *verificationeventsv1.VerificationExpired) error {
		return n.tell(ctx, e, domain.Notice{Template: "verification_expired", Reach: domain.Everywhere})
	})
}

// notMatched tells the person what to correct, or what else to do where no correction helps.
func notMatched(reasons []string) domain.Notice {
	notice := domain.Notice{Reach: domain.Everywhere}
	switch {
	case slices.Contains(reasons, verificationv1.MismatchReason_DUPLICATE_PERSON.String()):
		notice.Template = "verification_duplicate"
	case slices.Contains(reasons, verificationv1.MismatchReason_DECEASED.String()):
		notice.Template = "verification_deceased"
	default:
		notice.Template = "verification_not_matched"
		notice.Params = map[string]string{"reasons": strings.Join(reasons, ",")}
	}
	return notice
}

func (n notifier) registerConfirmation(c *events.Consumer) {
	events.On(c, func(ctx context.Context, e *confirmationeventsv1.LetterOrdered) error {
		return n.tell(ctx, e, domain.Notice{Template: "letter_ordered", Reach: domain.Everywhere})
	})
	events.On(c, func(ctx context.Context, e *confirmationeventsv1.LetterMoved) error {
		template, told := letterNews()[e.GetState()]
		if !told {
			return nil
		}
		return n.tell(ctx, e, domain.Notice{Template: template, Reach: domain.Once})
	})
	events.On(c, func(ctx context.Context, e *confirmationeventsv1.LetterReminderDue) error {
		return n.tell(ctx, e, domain.Notice{
			Template: "letter_reminder", Reach: domain.Everywhere,
			Params: map[string]string{"until": dayOf(e.GetCodeExpireTime())},
		})
	})
}

// letterNews are the stops of a letter that the person is told of.
func letterNews() map[string]string {
	return map[string]string{
		confirmationv1.LetterState_AT_OFFICE.String(): "letter_at_office",
		confirmationv1.LetterState_DELIVERED.String(): "letter_delivered",
		confirmationv1.LetterState_RETURNED.String():  "letter_returned",
	}
}

func (n notifier) tell(ctx context.Context, e interface{ GetAccountId() string }, notice domain.Notice) error {
	id, err := uuid.Parse(e.GetAccountId())
	if err != nil {
		return err
	}
	notice.AccountID = id
	return n.app.Notify(ctx, notice)
}
