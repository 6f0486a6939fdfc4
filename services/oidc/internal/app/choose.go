package app

import (
	"context"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// ChooseAccount notes that the person goes on with the session's account. It may be repeated.
func (a *App) ChooseAccount(ctx context.Context, id, sessionID, browser string) error {
	session, err := a.session(ctx, sessionID)
	if err != nil {
		return err
	}
	if session == nil {
		return errs.New(errorsv1.Reason_UNAUTHENTICATED, "nobody is signed in")
	}
	for {
		i, revision, err := a.ownInteraction(ctx, id, browser, a.Now())
		switch {
		case err != nil:
			return err
		case i.Outcome != nil:
			return errDecided()
		case i.ChosenBy == session.AccountID:
			return nil
		}
		i.ChosenBy = session.AccountID
		// Whoever was faster has changed it: it is read anew.
		if done, err := a.Interactions.ChangeInteraction(ctx, revision, i); done || err != nil {
			return err
		}
	}
}
