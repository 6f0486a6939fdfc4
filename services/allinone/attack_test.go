package allinone_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
)

var attackRounds = flag.Int("attack.rounds", 0, "how often each attack is tried, with long timing runs; 0: once, with short ones")

// TestAttack does at once and in the middle of trouble what an attacker would: no limit is overshot, and no secret is handed
// out twice. Each attack begins with people of its own, so rounds are alike but for chance.
func TestAttack(t *testing.T) {
	w := startAttacked(t)
	for round := range max(*attackRounds, 1) {
		t.Run(fmt.Sprintf("round %d", round+1), func(t *testing.T) {
			cases{
				{"passwords guessed at once", guessPasswords},
				{"passwords guessed while Redis is flushed", guessPasswordsFlushing},
				{"one-time codes guessed at once", guessCodes},
				{"one-time codes guessed while Redis is flushed", guessCodesFlushing},
				{"letter codes guessed at once", guessLetters},
				{"letter codes guessed while Redis is flushed", guessLettersFlushing},
				{"passwords guessed wherever they are asked for", guessPasswordsEverywhere},
				{"an app's codes guessed at once", guessAppCodes},
				{"an app's codes guessed while Redis is flushed", guessAppCodesFlushing},
				{"backup codes guessed at once", guessBackupCodes},
				{"a backup code spent at once", spendAtOnce},
				{"codes by text message guessed at once", guessSMSCodes},
				{"a recovery's codes guessed at once", guessRecoveryCodes},
				{"a recovery's backup codes guessed by a stranger", guessFirstBackupCodes},
				{"a SNILS guessed at once", guessSNILS},
				{"sign-ups begun at once", startAtOnce},
				{"a sign-up completed at once with two passwords", completeAtOnce},
				{"a password proven again at once", reauthenticateAtOnce},
				{"letters ordered at once", orderAtOnce},
				{"a code redeemed at once", redeemAtOnce},
				{"a refresh token used at once", refreshAtOnce},
				{"an old refresh token within the grace", refreshOldAtOnce},
				{"a consent decided twice", decideAtOnce},
				{"another's idempotency key", foreignKeys},
				{"a sign-in repeated after the sign-out", repeatSignedOut},
				{"a step skipped", skipStep},
				{"cookies of others, forged and old ones", foreignFlows},
				{"an app's code typed again", sameCodeTwice},
				{"an app's codes guessed on pages", lockedOnPages},
				{"a factor bound with a stolen session", bindWithAStolenSession},
				{"a recovery's pages out of order", recoverOutOfOrder},
				{"one contact's code for the other's step", sameCodeElsewhere},
				{"a way around the trusted contact", goAroundTheTrustedContact},
				{"the code for another of a trusted contact's people", takeAnothersCode},
				{"more trust than there may be", fillWithTrust},
				{"files that are no pictures", uploadWhatIsNoPicture},
				{"links to a host that a request names", forgeHosts},
				{"a code read by who has it sent", readCodes},
				{"what ends with another password", endByPassword},
				{"what ends with a forbidden device", endByForbidding},
				{"what ends with a lock", endByDisowning},
				{"what ends with a recovery", endByRecovery},
				{"a restart of everything", restartAll},
			}.run(t, w)
		})
	}
	if err := w.sweep(); err != nil {
		t.Error(err)
	}
}

// TestAttackWithAStopwatch asks whether answers take as long whoever they are about. It is an installation of its own: the long
// form takes years by the platform's clock, after which the record and the feed no longer hold what the invariants look for.
func TestAttackWithAStopwatch(t *testing.T) {
	t.Run("sign-ins", func(t *testing.T) { timeSignIns(startAttacked(t)) })
	t.Run("recoveries", func(t *testing.T) { timeRecoveries(startAttacked(t)) })
}

// startAttacked has room for everybody to wait for a hash: what is turned away is not compared.
func startAttacked(t *testing.T) *troubled {
	t.Helper()
	return startTroubledWith(t, map[string]string{
		"PROPUSK_ACCOUNT_HASH_QUEUE": "1000", "PROPUSK_ACCOUNT_HASH_PATIENCE": "5m",
	})
}

// batch is how many requests are sent at once.
const batch = 50

// atOnce sends n requests that begin together.
func atOnce(n int, send func(i int) answer) []answer {
	answers := make([]answer, n)
	begin := make(chan struct{})
	var ready, all sync.WaitGroup
	for i := range n {
		ready.Add(1)
		all.Go(func() {
			ready.Done()
			<-begin
			answers[i] = send(i)
		})
	}
	ready.Wait()
	close(begin)
	all.Wait()
	return answers
}

// whileFlushing flushes Redis again and again until do returns.
func (w *troubled) whileFlushing(do func()) {
	w.t.Helper()
	done := make(chan struct{})
	var flushing sync.WaitGroup
	flushing.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				w.flushRedis()
			}
		}
	})
	do()
	close(done)
	flushing.Wait()
}

// outcomes counts answers by status and code.
func outcomes(answers []answer) map[string]int {
	n := map[string]int{}
	for _, a := range answers {
		n[fmt.Sprintf("%d %s", a.status, a.Code)]++
	}
	return n
}

// outcome asks for exactly these outcomes; n of each, or any number of those with 0.
func (w *troubled) outcome(answers []answer, want map[string]int) {
	w.t.Helper()
	got := outcomes(answers)
	for what, n := range got {
		if wanted, ok := want[what]; !ok || wanted != 0 && wanted != n {
			w.t.Errorf("answered %v, want %v", got, want)
			return
		}
	}
	for what, n := range want {
		if n != 0 && got[what] == 0 {
			w.t.Errorf("answered %v, want %v", got, want)
			return
		}
	}
}

// distinct are the different values of a member among the successes.
func distinct(answers []answer, status int, member string) []string {
	all := map[string]bool{}
	for _, a := range answers {
		if a.status == status {
			all[a.field(member)] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

const created, conflict = http.StatusCreated, http.StatusConflict
