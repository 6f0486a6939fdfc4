package identifiers_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
)

func TestSNILS(t *testing.T) {
	check(t, identifiers.ParseSNILS, []reading{
		{"112-233-445 95", "11223344595", ok},
		{" 112 233 445 95 ", "11223344595", ok},
		{"112–233–445\u00a095", "11223344595", ok},
		{"087-654-303 00", "08765430300", ok},
		{"642-709-548 07", "64270954807", ok},
		{"123-456-789 64", "12345678964", ok},
		{"001-001-999 65", "00100199965", ok},
		{"001-508-815 00", "00150881500", ok}, // sum 100
		{"001-437-544 00", "00143754400", ok}, // sum 101
		{"001-318-759 01", "00131875901", ok}, // sum 102
		{"006-996-682 00", "00699668200", ok}, // sum 201
		{"298-795-994 00", "29879599400", ok}, // sum 302
		{"000-000-600 06", "00000060006", ok}, // below: no check digits
		{"000-000-600 15", "00000060015", ok},
		{"001-001-998 00", "00100199800", ok},
		{"001-001-998 99", "00100199899", ok},
		{"112-233-445 96", "", wrongSum},
		{"087-654-303 01", "", wrongSum},
		{"123-456-789 00", "", wrongSum},
		{"001-001-999 00", "", wrongSum},
		{"000-000-000 00", "", onlyZeros},
		{"112-233-445 9", "", malformed},
		{"112-233-445 951", "", malformed},
		{"112-233-44S 95", "", malformed},
		{"١١٢-233-445 95", "", malformed},
		{" - ", "", required},
	})
}

func TestSNILSForms(t *testing.T) {
	n := identifiers.SNILS("11223344595")
	if n.Format() != "112-233-445 95" || n.Masked() != "***-***-*45 95" || n.LogValue().String() != n.Masked() {
		t.Errorf("%s %s %s", n.Format(), n.Masked(), n.LogValue())
	}
	for s, checked := range map[identifiers.SNILS]bool{"11223344595": true, "00100199965": true, "00100199800": false, "": false} {
		if s.Checked() != checked || s.RealLooking() != checked {
			t.Errorf("%q: checked %v, real-looking %v", s, s.Checked(), s.RealLooking())
		}
	}
}

func TestSNILSFormatParsesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := fmt.Sprintf("%09d", rapid.IntRange(1, 999_999_999).Draw(t, "number"))
		n, err := identifiers.NewSNILS(number)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := identifiers.ParseSNILS(n.Format()); err != nil || back != n {
			t.Fatalf("%q: %q, %v", n.Format(), back, err)
		}
	})
}

// The sum is 9…1 weighted, so one wrong digit of the nine never passes.
func TestSNILSCatchesAWrongDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.IntRange(2_000_000, 999_999_999).Draw(t, "number")
		n, err := identifiers.NewSNILS(fmt.Sprintf("%09d", number))
		if err != nil {
			t.Fatal(err)
		}
		wrong := []byte(n)
		i := rapid.IntRange(3, 8).Draw(t, "place")
		wrong[i] = '0' + (wrong[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if _, err := identifiers.ParseSNILS(string(wrong)); err == nil {
			t.Fatalf("%s passes as %s", n, wrong)
		}
	})
}

func TestINN(t *testing.T) {
	check(t, identifiers.ParseINN, []reading{
		{"7707083893", "7707083893", ok},
		{"77 10 474375", "7710474375", ok},
		{"5000000000", "5000000000", ok},
		{"1000000010", "1000000010", ok}, // sum mod 11 is 10
		{"500100732259", "500100732259", ok},
		{"771234567859", "771234567859", ok},
		{"780000000177", "780000000177", ok},
		{"376864406601", "376864406601", ok},
		{"7707083894", "", wrongSum},
		{"500100732258", "", wrongSum},
		{"617547302703", "", wrongSum},
		{"123456789012", "", wrongSum},
		{"0000000000", "", onlyZeros},
		{"000000000000", "", onlyZeros},
		{"77070838931", "", malformed},
		{"", "", required},
	})
	if identifiers.INN("7707083893").Person() || !identifiers.INN("500100732259").Person() {
		t.Error("whose number")
	}
}

func TestRegisterNumbers(t *testing.T) {
	check(t, identifiers.ParseOGRN, []reading{
		{"1027700132195", "1027700132195", ok},
		{"1047702026701", "1047702026701", ok},
		{"4057910142110", "4057910142110", ok},
		{"1027700130040", "1027700130040", ok}, // mod 11 is 10
		{"1027700132196", "", wrongSum},
		{"1027700000000", "", wrongSum},
		{"1037700013021", "", wrongSum},
		{"0000000000000", "", onlyZeros},
		{"102770013219", "", malformed},
	})
	check(t, identifiers.ParseOGRNIP, []reading{
		{"304500116000157", "304500116000157", ok},
		{"313132804400022", "313132804400022", ok},
		{"304500116000050", "304500116000050", ok}, // mod 13 is 10
		{"304500116000158", "", wrongSum},
		{"313242342342332", "", wrongSum},
		{"304500116000051", "", wrongSum},
		{"000000000000000", "", onlyZeros},
	})
}

func TestPost(t *testing.T) {
	check(t, identifiers.ParsePostIndex, []reading{
		{"101 000", "101000", ok},
		{"000000", "", onlyZeros},
		{"10100", "", malformed},
	})
	check(t, identifiers.ParseTrackingNumber, []reading{
		{"101000 07 00042 7", "10100007000427", ok}, // 3*(1+1+0+0+0+0+2) + (0+0+0+7+0+4) = 23
		{"10100007000423", "", wrongSum},
		{"00000000000000", "", onlyZeros},
		{"1010000700042", "", malformed},
	})
}

func TestTrackingNumbersParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		office := identifiers.PostIndex(fmt.Sprint(rapid.IntRange(100_000, 699_999).Draw(t, "office")))
		month, serial := rapid.IntRange(1, 99).Draw(t, "month"), rapid.IntRange(0, 99_999).Draw(t, "serial")
		n, err := identifiers.NewTrackingNumber(office, month, serial)
		if err != nil || len(n) != 14 {
			t.Fatal(n, err)
		}
		if back, err := identifiers.ParseTrackingNumber(string(n)); err != nil || back != n {
			t.Fatal(n, back, err)
		}
	})
}

func TestTrackingNumberRanges(t *testing.T) {
	for _, x := range []struct {
		office        identifiers.PostIndex
		month, serial int
	}{{"10100", 1, 1}, {"101000", 0, 1}, {"101000", 100, 1}, {"101000", 1, -1}, {"101000", 1, 100_000}} {
		if n, err := identifiers.NewTrackingNumber(x.office, x.month, x.serial); err == nil {
			t.Errorf("%v: %s", x, n)
		}
	}
}

// Whoever types too much learns how much is allowed.
func TestTooLongNamesTheLimit(t *testing.T) {
	long := strings.Repeat("a", 1000)
	for what, c := range map[string]struct {
		err error
		max int
	}{
		"name":      {second(identifiers.ParseName(long)), identifiers.MaxName},
		"text":      {second(identifiers.ParseText(long, 20)), 20},
		"printable": {second(identifiers.ParsePrintable(long, identifiers.MaxHouse)), identifiers.MaxHouse},
		"email":     {second(identifiers.ParseEmail(long + "@example.ru")), 254},
		"domain":    {second(identifiers.ParseEmail("a@" + strings.Repeat("п.", 100) + "рф")), 254},
		"before @":  {second(identifiers.ParseEmail(long[:65] + "@example.ru")), 64},
	} {
		var p errs.Problem
		if !errors.As(c.err, &p) || p.Max != c.max {
			t.Errorf("%s: %+v, want the limit %d", what, c.err, c.max)
		}
	}
}

func second[T any](_ T, err error) error { return err }
