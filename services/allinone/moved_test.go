package allinone

import (
	"testing"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// TestAMovedDataDirectoryKeepsItsPeople: sign up, stop, mv var var2, start from there, and sign in.
func TestAMovedDataDirectoryKeepsItsPeople(t *testing.T) {
	vars := cloneVars(t)
	first := start(t, vars)
	first.page(t)
	s := citizen(vars, 51)
	for _, step := range journey.Steps()[:5] {
		if err := step.Do(s, t.Context()); err != nil {
			t.Fatal(step.Name, err)
		}
	}
	first.stop(t)

	was := vars["PROPUSK_DATA_DIR"]
	vars["PROPUSK_DATA_DIR"] = was + "2"
	t.Cleanup(func() { rename(t, was+"2", was) })
	rename(t, was, was+"2")
	second := start(t, vars)
	second.page(t)
	if err := s.SignIn(t.Context()); err != nil {
		t.Errorf("after the move: %v", err)
	}
	second.stop(t)
}
