package allinone_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

const (
	// shortPairs is enough to see that no password is hashed for nobody's login, longPairs to see what an attacker would
	// who is let try a few times a day.
	shortPairs = 20
	longPairs  = 400
	// grossly is how much longer one of two medians may be in the short run: a hash is ten times all the rest.
	grossly = 3
	// deviations is how far chance may go in the long one: once in 15,000 runs.
	deviations = 4
)

// timeSignIns: nobody learns from a stopwatch whether a login has an account. Tries at both are interleaved, in an order
// that chance decides, so that what slows the machine down slows both.
func timeSignIns(w *troubled) {
	pairs := shortPairs
	if *attackRounds > 0 {
		pairs = longPairs
	}
	known, unknown := make([]string, 5), make([]string, 5)
	for i := range known {
		known[i], unknown[i] = w.who(signedIn).Phone, w.phone()
	}
	var took [2][]time.Duration
	for i := range pairs {
		// At most four failures of each, then their window is over.
		if i%(len(known)*(tries-1)) == 0 {
			w.Clock.Advance(31 * 24 * time.Hour)
		}
		logins := [2]string{known[i%len(known)], unknown[i%len(unknown)]}
		first := rand.IntN(2)
		for _, which := range []int{first, 1 - first} {
			begin := time.Now()
			w.signIn(logins[which], wrongPassword).ok(401)
			took[which] = append(took[which], time.Since(begin))
		}
	}
	ofKnown, ofUnknown := median(took[0]), median(took[1])
	w.t.Logf("a wrong password takes %s, a login that is nobody's %s; P(the first is slower) = %.3f",
		ofKnown, ofUnknown, slower(took[0], took[1]))
	if ratio := float64(ofKnown) / float64(ofUnknown); ratio > grossly || ratio < 1/grossly {
		w.t.Errorf("a wrong password takes %s, a login that is nobody's %s", ofKnown, ofUnknown)
	}
	if pairs == longPairs {
		chance := deviations / math.Sqrt(6*float64(pairs))
		if p := slower(took[0], took[1]); math.Abs(p-0.5) > chance {
			w.t.Errorf("a wrong password takes longer than a login that is nobody's in %.3f of all pairs, which is no chance", p)
		}
	}
}

func median(all []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

// slower is the share of pairs of which the one of a is the slower (Mann–Whitney's U in proportion): a half, give or take
// √(1/6n), where both take as long. Outliers count no more than others.
func slower(a, b []time.Duration) float64 {
	n := 0
	for _, x := range a {
		for _, y := range b {
			if x > y {
				n++
			}
		}
	}
	return float64(n) / float64(len(a)*len(b))
}
