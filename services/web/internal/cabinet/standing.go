package cabinet

import (
	"time"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// Standing is where the person stands on the way to a confirmed account, and what comes next.
type Standing struct {
	// Key names the texts: one of the constants below.
	Key string
	// URL is where the next step is; empty: there is none.
	URL string
	// Until is the deadline of what is awaited; zero: there is none.
	Until time.Time
	// From and To are the days on which a letter is expected, ISO 8601.
	From, To string
}

// Where a person can stand.
const (
	// standingNothing: only the name is known; standingHalf: something is missing; standingReady: it can be submitted.
	standingNothing = "nothing"
	standingHalf    = "half"
	standingReady   = "ready"
	standingForeign = "foreign"
	// standingPending: the registries are being asked; standingMoment: what follows is on its way.
	standingPending   = "pending"
	standingMoment    = "moment"
	standingDiffers   = "differs"
	standingAway      = "away"
	standingDuplicate = "duplicate"
	standingDeceased  = "deceased"
	// standingLetter: one can be ordered.
	standingLetter    = "letter"
	standingWay       = "letter_way"
	standingOffice    = "letter_office"
	standingDelivered = "letter_delivered"
	standingReturned  = "letter_returned"
	standingExpired   = "letter_expired"
	standingDone      = "done"
)

// Standings are all of them.
func Standings() []string {
	return []string{
		standingNothing, standingHalf, standingReady, standingForeign, standingPending, standingMoment, standingDiffers,
		standingAway, standingDuplicate, standingDeceased, standingLetter, standingWay, standingOffice, standingDelivered,
		standingReturned, standingExpired, standingDone,
	}
}

func (f feature) standing(r *page.Request, level accountv1.Level, answers map[string]string) (Standing, error) {
	switch level {
	case accountv1.Level_CONFIRMED:
		return Standing{Key: standingDone}, nil
	case accountv1.Level_STANDARD:
		letter, err := progress.LatestLetter(r, f.Confirmations)
		return ofLetter(letter), err
	case accountv1.Level_LEVEL_UNSPECIFIED, accountv1.Level_SIMPLIFIED:
	}
	latest, err := progress.LatestVerification(r, f.Verifications)
	if err != nil || latest == nil {
		return ofAnswers(answers), err
	}
	return afterVerification(latest, answers), nil
}

// afterVerification is where somebody stands whose data was checked. Who has said since that they are no citizen of Russia
// cannot have it checked again, but has another account still if a registry knows of one.
func afterVerification(v *verificationv1.Verification, answers map[string]string) Standing {
	s := ofVerification(v)
	switch s.Key {
	case standingDiffers, standingAway, standingDeceased:
		if profiles.Foreign(answers) {
			return ofAnswers(answers)
		}
	}
	return s
}

// ofAnswers is where somebody stands who has submitted nothing yet.
func ofAnswers(answers map[string]string) Standing {
	gap := profiles.FirstGap(answers)
	switch {
	case profiles.Foreign(answers):
		return Standing{Key: standingForeign, URL: paths.PersonForeign}
	case gap == "":
		return Standing{Key: standingReady, URL: paths.Person}
	}
	for field, value := range answers {
		if value != "" && field != "last_name" && field != "first_name" && field != "middle_name" {
			return Standing{Key: standingHalf, URL: paths.Person}
		}
	}
	return Standing{Key: standingNothing, URL: paths.Person}
}

func ofVerification(v *verificationv1.Verification) Standing {
	s := Standing{URL: paths.Verification(v.GetId())}
	switch v.GetState() {
	case verificationv1.State_PENDING:
		s.Key, s.Until = standingPending, progress.Time(v.GetExpireTime())
	case verificationv1.State_EXPIRED:
		s.Key = standingAway
	case verificationv1.State_NOT_MATCHED:
		s.Key = ofMismatch(v)
	case verificationv1.State_STATE_UNSPECIFIED, verificationv1.State_MATCHED:
		// The level follows the match at once; the event that says so may be on its way.
		s.Key = standingMoment
	}
	return s
}

// ofMismatch tells what the person can correct from what nobody can correct here.
func ofMismatch(v *verificationv1.Verification) string {
	switch {
	case len(progress.FoundBy(v, verificationv1.MismatchReason_DUPLICATE_PERSON)) > 0:
		return standingDuplicate
	case len(progress.FoundBy(v, verificationv1.MismatchReason_DECEASED)) > 0:
		return standingDeceased
	default:
		return standingDiffers
	}
}

func ofLetter(l *confirmationv1.LetterOrder) Standing {
	s := Standing{URL: paths.Letter, From: l.GetExpectedFrom(), To: l.GetExpectedUntil()}
	switch l.GetState() {
	case confirmationv1.LetterState_CREATED, confirmationv1.LetterState_PRINTED, confirmationv1.LetterState_HANDED_OVER,
		confirmationv1.LetterState_IN_TRANSIT:
		s.Key = standingWay
	case confirmationv1.LetterState_AT_OFFICE:
		s.Key = standingOffice
	case confirmationv1.LetterState_DELIVERED:
		s.Key = standingDelivered
	case confirmationv1.LetterState_RETURNED:
		s.Key = standingReturned
	case confirmationv1.LetterState_LETTER_EXPIRED:
		s.Key = standingExpired
	case confirmationv1.LetterState_REDEEMED:
		// The code is taken; the account's level follows.
		s.Key, s.URL = standingMoment, paths.Confirmed
	case confirmationv1.LetterState_LETTER_STATE_UNSPECIFIED, confirmationv1.LetterState_VOIDED:
		s.Key = standingLetter
	}
	return s
}
