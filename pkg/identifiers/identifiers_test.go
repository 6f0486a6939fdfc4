package identifiers_test

import (
	"errors"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	ok        = errorsv1.Reason_REASON_UNSPECIFIED
	required  = errorsv1.Reason_FIELD_REQUIRED
	malformed = errorsv1.Reason_FIELD_MALFORMED
	tooLong   = errorsv1.Reason_FIELD_TOO_LONG
	unknown   = errorsv1.Reason_FIELD_UNKNOWN_VALUE
	wrongSum  = errorsv1.Reason_FIELD_CHECKSUM
	notMobile = errorsv1.Reason_PHONE_NOT_MOBILE
	inFuture  = errorsv1.Reason_DATE_IN_FUTURE
	onlyZeros = errorsv1.Reason_NUMBER_ALL_ZEROS
	noSuchDay = errorsv1.Reason_DATE_NOT_IN_CALENDAR
	localPart = errorsv1.Reason_EMAIL_LOCAL_PART
	mixed     = errorsv1.Reason_NAME_MIXED_ALPHABETS
)

// reason is what an error of this package says, ok for nil.
func reason(t *testing.T, err error) errs.Reason {
	t.Helper()
	var p errs.Problem
	if err != nil && !errors.As(err, &p) {
		t.Fatalf("not a problem: %v", err)
	}
	return p.Reason
}

// reading is one line of a table: what is typed, what is stored, or why not.
type reading struct {
	in, want string
	why      errs.Reason
}

func check[T ~string](t *testing.T, parse func(string) (T, error), lines []reading) {
	t.Helper()
	for _, l := range lines {
		got, err := parse(l.in)
		if why := reason(t, err); string(got) != l.want || why != l.why {
			t.Errorf("%q: got %q, %s; want %q, %s", l.in, got, why, l.want, l.why)
		}
		if again, err := parse(string(got)); l.why == ok && (err != nil || again != got) {
			t.Errorf("%q: the normal form %q does not parse to itself: %q, %v", l.in, got, again, err)
		}
	}
}

func day(t *testing.T, s string) identifiers.Date {
	t.Helper()
	d, err := identifiers.ParseDate(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return d
}

func TestFieldsTakeTheReason(t *testing.T) {
	var f errs.Fields
	_, err := identifiers.ParseSNILS("112-233-445 96")
	f.Check("snils", err)
	if len(f) != 1 || f[0].Reason != wrongSum {
		t.Errorf("fields: %v", f)
	}
}

func TestDateOfKeepsTheLocalDay(t *testing.T) {
	moscow := time.FixedZone("MSK", 3*60*60)
	at := time.Date(2026, 3, 1, 22, 30, 0, 0, time.UTC)
	if got := identifiers.DateOf(at.In(moscow)).String(); got != "2026-03-02" {
		t.Errorf("got %s", got)
	}
}
