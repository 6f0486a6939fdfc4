package events_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/propusk-id/propusk/pkg/events"
)

// TestEveryContractOfEventsMakesAProducer compares with the contracts that there are.
func TestEveryContractOfEventsMakesAProducer(t *testing.T) {
	packages, err := filepath.Glob("../../proto/propusk/*/events/v1")
	if err != nil || len(packages) == 0 {
		t.Fatalf("no contracts: %v", err)
	}
	var want []string
	for _, p := range packages {
		want = append(want, filepath.Base(filepath.Dir(filepath.Dir(p))))
	}
	slices.Sort(want)
	if got := events.Producers(); !slices.Equal(got, want) {
		t.Errorf("producers are %v, contracts have %v: add the missing to producers.go", got, want)
	}
}
