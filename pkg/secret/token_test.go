package secret_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestToken(t *testing.T) {
	a, b := secret.NewToken(), secret.NewToken()
	raw, err := base64.RawURLEncoding.DecodeString(a.Reveal())
	if err != nil || len(raw) != 32 || a.Equal(b) {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	sum := sha256.Sum256([]byte(a.Reveal()))
	if !secret.Equal(secret.HashToken(a.Reveal()), sum[:]) {
		t.Error("hash")
	}
}

func TestIDs(t *testing.T) {
	a, b := secret.NewID(), secret.NewID()
	if a.Version() != 7 || a.String() >= b.String() {
		t.Errorf("%s %s", a, b)
	}
	id := secret.NewRandomID()
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 || id == secret.NewRandomID() || id != strings.ToLower(id) {
		t.Errorf("%s %v", id, err)
	}
}

// Each character of the alphabet turns up, and none far more often than another.
func TestCodesUseTheWholeAlphabet(t *testing.T) {
	for alphabet, code := range map[string]string{
		"0123456789":                       secret.Digits(20_000).Reveal(),
		"0123456789ABCDEFGHJKMNPQRSTVWXYZ": secret.Crockford(64_000).Reveal(),
	} {
		for _, r := range alphabet {
			if n := strings.Count(code, string(r)); n < 1700 || n > 2300 { // 2000 expected, deviation 45
				t.Errorf("%c of %s: %d times", r, alphabet, n)
			}
		}
		if strings.Trim(code, alphabet) != "" {
			t.Errorf("characters outside %s", alphabet)
		}
	}
	if len(secret.Digits(6).Reveal()) != 6 || len(secret.Crockford(10).Reveal()) != 10 {
		t.Error("length")
	}
}

func TestNormalizeCrockford(t *testing.T) {
	for in, want := range map[string]string{
		"oOiIlL-0123": "0011110123", " ab cd–ef\t": "ABCDEF", "7zq9-k3mv-xp": "7ZQ9K3MVXP",
	} {
		if got, err := secret.NormalizeCrockford(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, why := range map[string]errs.Reason{
		"":     errorsv1.Reason_FIELD_REQUIRED,
		" - ":  errorsv1.Reason_FIELD_REQUIRED,
		"ABCU": errorsv1.Reason_FIELD_MALFORMED,
		"AB*":  errorsv1.Reason_FIELD_MALFORMED,
		"АВС":  errorsv1.Reason_FIELD_MALFORMED, // Cyrillic
		"ſı":   errorsv1.Reason_FIELD_MALFORMED,
		"\xff": errorsv1.Reason_FIELD_MALFORMED,
	} {
		var p errs.Problem
		if got, err := secret.NormalizeCrockford(in); !errors.As(err, &p) || p.Reason != why || got != "" {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
}

func TestCrockfordSurvivesTyping(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := secret.Crockford(rapid.IntRange(1, 20).Draw(t, "length")).Reveal()
		typed := strings.NewReplacer("0", rapid.SampledFrom([]string{"0", "o", "O"}).Draw(t, "zero"),
			"1", rapid.SampledFrom([]string{"1", "i", "I", "l", "L"}).Draw(t, "one")).Replace(code)
		if rapid.Bool().Draw(t, "lower") {
			typed = strings.ToLower(typed)
		}
		gap := rapid.SampledFrom([]string{"", " ", "-"}).Draw(t, "gap")
		if got, err := secret.NormalizeCrockford(strings.Join(strings.Split(typed, ""), gap)); err != nil || got != code {
			t.Fatalf("%q: %q, %v", typed, got, err)
		}
	})
}
