package allinone_test

import "testing"

// TestFaults is what bad input and faults get, against everything at once, as a client sees it. One installation
// serves all groups; its clock only ever moves on, so a group must not need a session from before its own.
func TestFaults(t *testing.T) {
	w := startTroubled(t)
	for _, group := range []struct {
		name string
		test func(*testing.T, *troubled)
	}{
		{"sign-up", signUpFaults},
		{"sign-in", signInFaults},
		{"person", personFaults},
		{"other people", otherPeoplesData},
		{"verification", verificationFaults},
		{"registries", registryFaults},
		{"letter", letterFaults},
		{"partner", partnerFaults},
		{"repeats", repeatedRequests},
	} {
		t.Run(group.name, func(t *testing.T) { group.test(t, w) })
	}
	if err := w.sweep(); err != nil {
		t.Error(err)
	}
}

// cases are subtests by name, in order.
type cases []struct {
	name string
	test func(w *troubled)
}

func (all cases) run(t *testing.T, w *troubled) {
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) { c.test(w.with(t)) })
	}
}
