package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/paging"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
)

// LetterView is a letter as the person who ordered it sees it.
type LetterView struct {
	store.Letter
	// State is as of now.
	State domain.State
	// TrackingURL is empty as long as the tracking number is hidden.
	TrackingURL string
	ReorderTime time.Time
	// ExpectedFrom and ExpectedUntil are the days on which it is expected at the post office, ISO 8601.
	ExpectedFrom, ExpectedUntil string
}

// Letters is a page of the account's letters, newest first, and the token of the next.
func (a *App) Letters(ctx context.Context, account uuid.UUID, q paging.Query) ([]LetterView, string, error) {
	list := paging.List[paging.Moment]{Keys: a.Keys, Name: "letter orders", Start: paging.Newest()}
	page, err := list.Page(account.String(), q)
	if err != nil {
		return nil, "", err
	}
	letters, err := a.Store.Letters(ctx, account, page.After, page.Limit())
	if err != nil {
		return nil, "", err
	}
	letters, next, err := paging.Cut(page, letters, func(l store.Letter) paging.Moment {
		return paging.Moment{Time: l.CreateTime, ID: l.ID}
	})
	out := make([]LetterView, len(letters))
	for i, l := range letters {
		out[i] = a.view(l)
	}
	return out, next, err
}

// Letter is one letter of the account; somebody else's is not found.
func (a *App) Letter(ctx context.Context, account, id uuid.UUID) (LetterView, error) {
	l, err := a.Store.Letter(ctx, id)
	if err != nil {
		return LetterView{}, err
	}
	if l.AccountID != account {
		return LetterView{}, store.ErrNoLetter()
	}
	return a.view(l), nil
}

func (a *App) view(l store.Letter) LetterView {
	now := a.Now()
	v := LetterView{Letter: l, State: l.StateAt(now), ReorderTime: l.CreateTime.Add(a.Limits.ReorderAfter)}
	v.ExpectedFrom, v.ExpectedUntil = a.Expected.Days(l.Letter, v.State)
	if now.Before(l.CreateTime.Add(a.TrackingAfter)) {
		v.TrackingNumber = ""
		return v
	}
	v.TrackingURL = a.Post.TrackingURL(l.TrackingNumber)
	return v
}
