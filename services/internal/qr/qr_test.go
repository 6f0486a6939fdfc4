package qr_test

import (
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/internal/qr"
)

func TestTheDrawingIsAllThereIs(t *testing.T) {
	svg, err := qr.SVG("otpauth://totp/localhost:anna?secret=JBSWY3DPEHPK3PXP")
	if err != nil {
		t.Fatal(err)
	}
	// A version 4 code has 33 modules a side, and a margin of four.
	if !strings.HasPrefix(svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 41 41"`) || strings.Contains(svg, "style") {
		t.Errorf("%.100s", svg)
	}
	// The corner of the first finder pattern: a dark module, and a light one inside.
	if !strings.Contains(svg, "M4 4h1v1h-1z") || strings.Contains(svg, "M5 5h1v1h-1z") {
		t.Error("the finder pattern is missing")
	}
	if _, err := qr.SVG(strings.Repeat("x", 3000)); err == nil {
		t.Error("what no code can hold was drawn")
	}
}
