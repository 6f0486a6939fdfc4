package identifiers_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestParseDate(t *testing.T) {
	for _, l := range []reading{
		{"2003-02-01", "2003-02-01", ok},
		{" 2003-02-01 ", "2003-02-01", ok},
		{"01.02.2003", "", malformed},
		{"1.2.2003", "", malformed},
		{"2000-02-29", "2000-02-29", ok},
		{"2024-02-29", "2024-02-29", ok},
		{"2023-02-29", "", noSuchDay},
		{"1900-02-29", "", noSuchDay},
		{"2003-02-30", "", noSuchDay},
		{"2003-13-31", "", noSuchDay},
		{"2003-2-1", "", malformed},
		{"2003.02.01", "", malformed},
		{"01.02.03", "", malformed},
		{"01.02.2003 12:00", "", malformed},
		{"0000-01-01", "", noSuchDay},
		{"tomorrow", "", malformed},
		{"", "", required},
	} {
		got, err := identifiers.ParseDate(l.in)
		if why := reason(t, err); got.String() != l.want || why != l.why {
			t.Errorf("%q: got %q, %s; want %q, %s", l.in, got, why, l.want, l.why)
		}
	}
}

func TestDatesParseBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC)
		d := identifiers.DateOf(first.AddDate(0, 0, rapid.IntRange(0, 110_000).Draw(t, "days")))
		if back, err := identifiers.ParseDate(d.String()); err != nil || back != d {
			t.Fatal(d, back, err)
		}
	})
}

func TestDateInJSON(t *testing.T) {
	type form struct {
		Birth identifiers.Date `json:"birth"`
		Death identifiers.Date `json:"death"`
	}
	in := form{Birth: day(t, "1999-12-31")}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"birth":"1999-12-31","death":""}` {
		t.Fatalf("%s %v", text, err)
	}
	var out form
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Errorf("%v %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"birth":"31"}`), &out); err == nil {
		t.Error("a wrong date passes")
	}
}

func TestAge(t *testing.T) {
	for _, x := range []struct {
		birth, on string
		age       int
	}{
		{"2000-06-15", "2014-06-14", 13},
		{"2000-06-15", "2014-06-15", 14},
		{"2000-02-29", "2014-02-28", 13},
		{"2000-02-29", "2014-03-01", 14},
		{"2000-02-29", "2020-02-28", 19},
		{"2000-02-29", "2020-02-29", 20},
		{"2000-02-28", "2014-02-28", 14},
		{"2000-03-01", "2014-02-28", 13},
		{"2000-06-15", "2000-06-15", 0},
		{"2000-06-15", "1999-06-15", -1},
	} {
		if got := day(t, x.birth).AgeOn(day(t, x.on)); got != x.age {
			t.Errorf("born %s, on %s: %d, want %d", x.birth, x.on, got, x.age)
		}
	}
}

func TestDateArithmetic(t *testing.T) {
	leap := day(t, "2000-02-29")
	for got, want := range map[identifiers.Date]string{
		leap.AddYears(4): "2004-02-29", leap.AddYears(1): "2001-03-01", leap.AddDays(1): "2000-03-01", leap.AddDays(-60): "1999-12-31",
	} {
		if got.String() != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if !leap.Before(leap.AddDays(1)) || !leap.After(leap.AddDays(-30)) || leap.Compare(leap) != 0 || leap.IsZero() {
		t.Error("order of days")
	}
}

func TestBirth(t *testing.T) {
	const (
		early = errorsv1.Reason_DATE_TOO_EARLY
		young = errorsv1.Reason_AGE_UNDER_14
	)
	today := day(t, "2026-03-01")
	for _, x := range []struct {
		birth          string
		person, holder errs.Reason
	}{
		{"1990-01-01", ok, ok},
		{"2012-03-01", ok, ok},
		{"2012-02-29", ok, ok},
		{"2012-03-02", ok, young},
		{"2026-03-01", ok, young},
		{"2026-03-02", inFuture, inFuture},
		{"1876-03-01", ok, ok},
		{"1876-02-29", ok, ok},
		{"1876-02-28", early, early},
	} {
		b := day(t, x.birth)
		if got := reason(t, identifiers.CheckBirth(b, everywhere(today))); got != x.person {
			t.Errorf("%s: %s, want %s", b, got, x.person)
		}
		if got := reason(t, identifiers.CheckHolderBirth(b, everywhere(today))); got != x.holder {
			t.Errorf("%s, holder: %s, want %s", b, got, x.holder)
		}
	}
	if got := reason(t, identifiers.CheckBirth(identifiers.Date{}, everywhere(today))); got != required {
		t.Errorf("no date: %s", got)
	}
}

func TestPassportDates(t *testing.T) {
	const (
		under = errorsv1.Reason_PASSPORT_ISSUED_BEFORE_14
		at20  = errorsv1.Reason_PASSPORT_REPLACE_AT_20
		at45  = errorsv1.Reason_PASSPORT_REPLACE_AT_45
		early = errorsv1.Reason_DATE_TOO_EARLY
	)
	for _, x := range []struct {
		birth, issued, today string
		why                  errs.Reason
	}{
		{"2000-06-15", "2014-06-15", "2014-06-15", ok},
		{"2000-06-15", "2014-06-14", "2014-07-01", under},
		{"2000-02-29", "2014-02-28", "2014-07-01", under},
		{"2000-02-29", "2014-03-01", "2014-07-01", ok},
		{"2000-06-15", "2014-07-01", "2020-09-13", ok}, // the 90th day after the 20th birthday
		{"2000-06-15", "2014-07-01", "2020-09-14", at20},
		{"2000-06-15", "2020-06-14", "2021-01-01", at20},
		{"2000-06-15", "2020-06-15", "2021-01-01", ok},
		{"1978-06-15", "1998-07-01", "2023-09-13", ok},
		{"1978-06-15", "1998-07-01", "2023-09-14", at45},
		{"1975-06-15", "2020-06-15", "2026-01-01", ok},
		{"1980-06-15", "1998-07-01", "2020-07-01", at20},
		{"1960-06-15", "1998-07-01", "2021-07-01", at45},
		{"1975-06-15", "1997-10-01", "2020-07-01", ok},
		{"1975-06-15", "1997-09-30", "2020-07-01", early},
		{"1960-06-15", "1989-06-15", "2026-01-01", early},
		{"2000-06-15", "2026-01-02", "2026-01-01", inFuture},
		{"2027-06-15", "2026-01-01", "2026-01-01", inFuture},
	} {
		err := identifiers.CheckPassportDates(day(t, x.birth), day(t, x.issued), everywhere(day(t, x.today)))
		if got := reason(t, err); got != x.why {
			t.Errorf("%+v: %s", x, got)
		}
	}
}

func TestPassportNumbers(t *testing.T) {
	check(t, identifiers.ParsePassportSeries, []reading{{"45 10", "4510", ok}, {"451", "", malformed}, {"", "", required}})
	check(t, identifiers.ParsePassportNumber, []reading{{"123456", "123456", ok}, {"12345", "", malformed}, {"000001", "000001", ok}, {"000000", "", onlyZeros}})
	check(t, identifiers.ParseIssueCode, []reading{
		{"770001", "770-001", ok}, {"770-001", "770-001", ok}, {"770 — 001", "770-001", ok}, {"77-001", "", malformed},
	})
	p, err := identifiers.ParsePassport("45 10 № 123456")
	if reason(t, err) != malformed {
		t.Errorf("%v %v", p, err)
	}
	p, err = identifiers.ParsePassport("45 10 123456")
	if err != nil || p.Key() != "4510123456" || p.Format() != "45 10 123456" || p.Masked() != "** ** ****56" {
		t.Errorf("%v %v", p, err)
	}
	if p, err = identifiers.ParsePassport("45 10 000000"); reason(t, err) != onlyZeros {
		t.Errorf("%v %v", p, err)
	}
	if identifiers.IssueCode("770-001").Bare() != "770001" {
		t.Error("bare issue code")
	}
}
