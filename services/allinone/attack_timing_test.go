package allinone_test

import (
	"math"
	"math/rand/v2"
	"net/http"
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

// timeSignIns: nobody learns from a stopwatch whether a login has an account.
func timeSignIns(w *troubled) {
	w.pairs(func(login string, took func(what string, send func())) {
		took("a wrong password", func() { w.signIn(login, wrongPassword).ok(http.StatusUnauthorized) })
	})
}

// timeRecoveries: nor by the start of a recovery, and whatever can be tried before anything is proven.
func timeRecoveries(w *troubled) {
	w.pairs(func(login string, took func(what string, send func())) {
		token := ""
		took("the start of a recovery", func() {
			token = w.ask("POST", recoveries, body{"login": login}).ok(http.StatusAccepted).field("recoveryToken")
		})
		took("having its code sent", func() {
			w.ask("POST", recoveries+":sendCode", body{"recoveryToken": token, "stepId": "SMS_CODE"}).ok(http.StatusOK)
		})
		for step, code := range map[string]string{"SMS_CODE": "000000", "BACKUP_CODE": "00000-00000"} {
			took("a wrong "+step, func() { // which after many is locked for both
				a := w.ask("POST", recoveries+":completeStep", body{"recoveryToken": token, "stepId": step, "code": code})
				if a.status < http.StatusBadRequest || a.status >= http.StatusInternalServerError {
					w.t.Error(a)
				}
			})
		}
		w.Clock.Advance(2 * time.Minute) // till another code can be sent
	})
}

// stopwatch is how long requests took at logins that have an account, and at others.
type stopwatch map[string]*[2][]time.Duration

// pairs has somebody's login and nobody's tried again and again. Tries at both are interleaved, in an order that chance decides,
// so that what slows the machine down slows both.
func (w *troubled) pairs(try func(login string, took func(what string, send func()))) {
	pairs := shortPairs
	if *attackRounds > 0 {
		pairs = longPairs
	}
	known, unknown := make([]string, 5), make([]string, 5)
	for i := range known {
		known[i], unknown[i] = w.who(signedIn).Phone, w.phone()
	}
	all := stopwatch{}
	for i := range pairs {
		// At most four failures of each, then their window is over.
		if i%(len(known)*(tries-1)) == 0 {
			w.Clock.Advance(31 * 24 * time.Hour)
		}
		logins := [2]string{known[i%len(known)], unknown[i%len(unknown)]}
		first := rand.IntN(2)
		for _, which := range []int{first, 1 - first} {
			try(logins[which], func(what string, send func()) { all.measure(what, which, send) })
		}
	}
	for what, took := range all {
		w.alikeLong(what, took[0], took[1])
	}
}

func (s stopwatch) measure(what string, which int, send func()) {
	if s[what] == nil {
		s[what] = &[2][]time.Duration{}
	}
	begin := time.Now()
	send()
	s[what][which] = append(s[what][which], time.Since(begin))
}

// alikeLong asks that it takes as long for somebody's login as for nobody's.
func (w *troubled) alikeLong(what string, known, unknown []time.Duration) {
	w.t.Helper()
	ofKnown, ofUnknown := median(known), median(unknown)
	w.t.Logf("%s takes %s, for a login that is nobody's %s; P(the first is slower) = %.3f",
		what, ofKnown, ofUnknown, slower(known, unknown))
	if ratio := float64(ofKnown) / float64(ofUnknown); ratio > grossly || ratio < 1/grossly {
		w.t.Errorf("%s takes %s, for a login that is nobody's %s", what, ofKnown, ofUnknown)
	}
	if len(known) != longPairs {
		return
	}
	chance := deviations / math.Sqrt(6*float64(len(known)))
	if p := slower(known, unknown); math.Abs(p-0.5) > chance {
		w.t.Errorf("%s takes longer than for a login that is nobody's in %.3f of all pairs, which is no chance", what, p)
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
