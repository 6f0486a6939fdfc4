package hashing

import (
	"context"
	"testing"
	"time"
)

func (f *fresh) known(phc string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, found := f.macs[phc]
	return found
}

func newHash(t *testing.T, h *Hasher) string {
	t.Helper()
	phc, err := h.Hash(context.Background(), "Correct7-horse")
	if err != nil {
		t.Fatal(err)
	}
	return phc
}

func TestANewHashIsComparedOnceForNothing(t *testing.T) {
	h := hasher(t, Options{Patience: time.Minute, Workers: 1})
	phc := newHash(t, h)
	h.workers <- struct{}{} // nothing can be hashed
	if right, err := h.Matches(context.Background(), phc, "Correct7-horse"); !right || err != nil {
		t.Fatalf("%t, %v", right, err)
	}
	if h.fresh.known(phc) {
		t.Error("it is known for a second time")
	}
}

func TestAGuessUsesUpWhatIsKnown(t *testing.T) {
	h := hasher(t, Options{Patience: time.Minute})
	phc := newHash(t, h)
	if right, err := h.Matches(context.Background(), phc, "Correct7-house"); right || err != nil {
		t.Errorf("a wrong password: %t, %v", right, err)
	}
	if h.fresh.known(phc) {
		t.Error("a second guess would be compared for nothing")
	}
}

func TestANewHashIsKnownForAShortTime(t *testing.T) {
	now := time.Unix(1, 0)
	h := hasher(t, Options{Patience: time.Minute, Now: func() time.Time { return now }})
	phc := newHash(t, h)
	now = now.Add(freshFor)
	if h.fresh.take(phc, "Correct7-horse", now) {
		t.Error("known for too long")
	}
}

func TestWhatIsKnownIsBounded(t *testing.T) {
	f, now := newFresh(), time.Unix(1, 0)
	for i := range 2 * maxFresh {
		f.remember(string(rune(i+1)), "x", now)
	}
	if len(f.macs) != maxFresh {
		t.Errorf("%d are known", len(f.macs))
	}
	f.remember("later", "x", now.Add(freshFor))
	if !f.known("later") || len(f.macs) != 1 {
		t.Errorf("old ones keep new ones out: %d are known", len(f.macs))
	}
}
