package domain

import (
	"testing"

	"pgregory.net/rapid"
)

func TestShuffleIsUndone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Uint64Range(1, 1<<40).Draw(t, "size")
		s := newShuffle(size, rapid.Uint64().Draw(t, "key"))
		x := rapid.Uint64Range(0, size-1).Draw(t, "x")
		y := s.at(x)
		if y >= size || s.from(y) != x {
			t.Fatalf("%d goes to %d and back to %d", x, y, s.from(y))
		}
	})
}

func TestShuffleSpreads(t *testing.T) {
	s := newShuffle(1_000_000, 42)
	near := 0
	for x := range uint64(1000) {
		if d := int64(s.at(x+1)) - int64(s.at(x)); -1000 < d && d < 1000 {
			near++
		}
	}
	if near > 20 {
		t.Errorf("%d of 1000 neighbours stay together", near)
	}
}
