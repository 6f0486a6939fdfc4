package app

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"time"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/verification/internal/store"
)

// numbersOf are the numbers that tell who a person is, as far as he has filled them in, in the order in which
// they are locked.
func (a *App) numbersOf(p *profilev1.Person, passport *profilev1.Document) []store.Number {
	var out []store.Number
	if snils := p.GetSnils(); snils != "" {
		out = append(out, a.number("snils", snils))
	}
	if passport.GetSeries() != "" && passport.GetNumber() != "" {
		out = append(out, a.number("passport", passport.GetSeries()+passport.GetNumber()))
	}
	slices.SortFunc(out, func(x, y store.Number) int { return cmp.Compare(x.Lock, y.Lock) })
	return out
}

func (a *App) number(kind, value string) store.Number {
	lock := a.Keys.MAC("number-lock", []byte(kind), []byte(value))
	return store.Number{
		Kind: kind, Indexes: a.Keys.Indexes(kind, value), Lock: int64(binary.BigEndian.Uint64(lock)),
	}
}

// opens is when all the numbers may be tried; the past, or zero, is now.
func (a *App) opens(ctx context.Context, r store.Reader, numbers []store.Number, now time.Time) (time.Time, error) {
	var latest time.Time
	for _, n := range numbers {
		h, err := r.NumberHistory(ctx, n, now.Add(-a.Limits.NumberWindow))
		if err != nil {
			return latest, err
		}
		if t := a.Limits.Opens(h); t.After(latest) {
			latest = t
		}
	}
	return latest, nil
}
