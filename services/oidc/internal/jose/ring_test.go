package jose

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

func ring(t *testing.T, now time.Time) *Ring {
	t.Helper()
	r := NewRing(domain.KeyPolicy{Life: time.Hour, Publish: time.Hour})
	var keys []Key
	for _, alg := range []string{domain.ES256, domain.RS256} {
		plain, err := Generate(alg)
		if err != nil {
			t.Fatal(err)
		}
		k, err := Parse("key-"+alg, alg, plain, now)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	if err := r.Fill(keys, now); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTokenIsOfItsTypeAlgorithmAndKey(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	r, other := ring(t, now), ring(t, now)
	for _, alg := range []string{domain.ES256, domain.RS256} {
		token, err := r.Sign(alg, "at+jwt", jwt.MapClaims{"sub": "a"}, now)
		if err != nil {
			t.Fatal(err)
		}
		got := jwt.MapClaims{}
		if err := r.Check(token, "at+jwt", &got); err != nil || got["sub"] != "a" {
			t.Errorf("%s: %v, %v", alg, got, err)
		}
		for name, check := range map[string]func() error{
			"another type":       func() error { return r.Check(token, "JWT", &jwt.MapClaims{}) },
			"another case":       func() error { return r.Check(token, "AT+JWT", &jwt.MapClaims{}) },
			"another's key":      func() error { return other.Check(token, "at+jwt", &jwt.MapClaims{}) },
			"a key of no ring":   func() error { return NewRing(domain.KeyPolicy{}).Check(token, "at+jwt", &jwt.MapClaims{}) },
			"a changed token":    func() error { return r.Check(token[:len(token)-8]+"AAAAAAAA", "at+jwt", &jwt.MapClaims{}) },
			"what is not signed": func() error { return r.Check("e30.e30.", "at+jwt", &jwt.MapClaims{}) },
		} {
			if check() == nil {
				t.Errorf("%s: %s was accepted", alg, name)
			}
		}
	}
	if _, err := NewRing(domain.KeyPolicy{}).Sign(domain.ES256, "JWT", jwt.MapClaims{}, now); err == nil {
		t.Error("an empty ring signs")
	}
}

func TestKeysAreOfTheirAlgorithm(t *testing.T) {
	if _, err := Generate("HS256"); err == nil {
		t.Error("made a key for HS256")
	}
	if _, err := Parse("x", "ES999", nil, time.Time{}); err == nil {
		t.Error("parsed nothing as a key")
	}
}
