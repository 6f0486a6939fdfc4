package jose

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

func keySet(t *testing.T, now time.Time) *KeySet {
	t.Helper()
	s := NewKeySet(domain.KeyPolicy{Life: time.Hour, Publish: time.Hour})
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
	if err := s.Load(keys, now); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTokenIsOfItsTypeAlgorithmAndKey(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s, other := keySet(t, now), keySet(t, now)
	for _, alg := range []string{domain.ES256, domain.RS256} {
		token, err := s.Sign(alg, "at+jwt", jwt.MapClaims{"sub": "a"}, now)
		if err != nil {
			t.Fatal(err)
		}
		got := jwt.MapClaims{}
		if err := s.Check(token, "at+jwt", &got); err != nil || got["sub"] != "a" {
			t.Errorf("%s: %v, %v", alg, got, err)
		}
		for name, check := range map[string]func() error{
			"another type":       func() error { return s.Check(token, "JWT", &jwt.MapClaims{}) },
			"another case":       func() error { return s.Check(token, "AT+JWT", &jwt.MapClaims{}) },
			"another's key":      func() error { return other.Check(token, "at+jwt", &jwt.MapClaims{}) },
			"a key of no set":    func() error { return NewKeySet(domain.KeyPolicy{}).Check(token, "at+jwt", &jwt.MapClaims{}) },
			"a changed token":    func() error { return s.Check(token[:len(token)-8]+"AAAAAAAA", "at+jwt", &jwt.MapClaims{}) },
			"what is not signed": func() error { return s.Check("e30.e30.", "at+jwt", &jwt.MapClaims{}) },
		} {
			if check() == nil {
				t.Errorf("%s: %s was accepted", alg, name)
			}
		}
	}
	if _, err := NewKeySet(domain.KeyPolicy{}).Sign(domain.ES256, "JWT", jwt.MapClaims{}, now); err == nil {
		t.Error("an empty set signs")
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
