package app

import (
	"cmp"
	"encoding/binary"
	"slices"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/verification/internal/store"
)

// numbersOf are the numbers that identify a person, as far as they are filled in, in the order in which they are
// locked: two submissions of the same numbers never deadlock.
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
