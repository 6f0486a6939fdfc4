package app

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// LetterView is a letter as its orderer sees it.
type LetterView struct {
	store.Letter
	// State is as of now.
	State domain.State
	// TrackingURL is empty as long as the number is not shown.
	TrackingURL string
	ReorderTime time.Time
}

// Letters shows the account's letters, newest first.
func (a *App) Letters(ctx context.Context, accountID string) ([]LetterView, error) {
	id, err := parseID("account_id", accountID)
	if err != nil {
		return nil, err
	}
	letters, err := a.Store.Letters(ctx, id)
	out := make([]LetterView, len(letters))
	for i, l := range letters {
		out[i] = a.view(l)
	}
	return out, err
}

// Letter shows one letter of the account; somebody else's is not there.
func (a *App) Letter(ctx context.Context, accountID, letterID string) (LetterView, error) {
	id, err := parseID("letter_order_id", letterID)
	if err != nil {
		return LetterView{}, store.ErrNoLetter()
	}
	l, err := a.Store.Letter(ctx, id)
	if err != nil {
		return LetterView{}, err
	}
	if l.AccountID.String() != accountID {
		return LetterView{}, store.ErrNoLetter()
	}
	return a.view(l), nil
}

func (a *App) view(l store.Letter) LetterView {
	now := a.Now()
	v := LetterView{Letter: l, State: l.StateAt(now), ReorderTime: l.CreateTime.Add(a.Limits.ReorderAfter)}
	if now.Before(l.CreateTime.Add(a.TrackingAfter)) {
		v.TrackingNumber = ""
		return v
	}
	v.TrackingURL = a.Post.TrackingURL(l.TrackingNumber)
	return v
}
