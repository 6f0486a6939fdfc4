package secret_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/secret"
)

func TestSealedOpensInItsPlaceOnly(t *testing.T) {
	k := secret.NewKeys()
	place := secret.AssociatedData{Table: "persons", Row: "1", Column: "surname"}
	sealed, err := k.Seal([]byte("Иванов"), place)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := k.Open(sealed, place); err != nil || string(plain) != "Иванов" {
		t.Errorf("%s %v", plain, err)
	}
	for _, wrong := range []secret.AssociatedData{
		{Table: "documents", Row: "1", Column: "surname"},
		{Table: "persons", Row: "2", Column: "surname"},
		{Table: "persons", Row: "1", Column: "name"},
		{Table: "persons|1", Row: "", Column: "surname"},
		{},
	} {
		if _, err := k.Open(sealed, wrong); !errors.Is(err, secret.ErrCannotOpen) {
			t.Errorf("opens at %v: %v", wrong, err)
		}
	}
	if _, err := secret.NewKeys().Open(sealed, place); !errors.Is(err, secret.ErrCannotOpen) {
		t.Errorf("opens by other keys: %v", err)
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if _, err := k.Open(bent, place); !errors.Is(err, secret.ErrCannotOpen) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
}

func TestSwappedCiphertextsFail(t *testing.T) {
	k := secret.NewKeys()
	anna := secret.AssociatedData{Table: "persons", Row: "anna", Column: "snils"}
	boris := secret.AssociatedData{Table: "persons", Row: "boris", Column: "snils"}
	ofAnna, _ := k.Seal([]byte("a"), anna)
	ofBoris, _ := k.Seal([]byte("b"), boris)
	if _, err := k.Open(ofBoris, anna); err == nil {
		t.Error("Boris's number opens as Anna's")
	}
	if _, err := k.Open(ofAnna, boris); err == nil {
		t.Error("Anna's number opens as Boris's")
	}
}

// Two places that read alike when joined, or when only | is escaped, are still two.
func TestPlacesNeverCollide(t *testing.T) {
	k := secret.NewKeys()
	part := rapid.StringMatching(`[a|\\]{0,2}`)
	differ := func(t rapid.TB, a, b secret.AssociatedData) {
		sealed, err := k.Seal(nil, a)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Open(sealed, b); (err == nil) != (a == b) {
			t.Fatalf("%q and %q: %v", a, b, err)
		}
	}
	differ(t, secret.AssociatedData{Table: `t`, Row: `r`, Column: `|c`}, secret.AssociatedData{Table: `t`, Row: `r|\`, Column: `c`})
	differ(t, secret.AssociatedData{Table: `y|t\`, Row: `a`, Column: `b`}, secret.AssociatedData{Table: `y`, Row: `t|a`, Column: `b`})
	differ(t, secret.AssociatedData{Table: `\`, Row: `x`, Column: `|d`}, secret.AssociatedData{Table: `|x`, Row: `\`, Column: `d`})
	rapid.Check(t, func(t *rapid.T) {
		p := []string{part.Draw(t, "1"), part.Draw(t, "2"), part.Draw(t, "3"), part.Draw(t, "4")}
		a := secret.AssociatedData{Table: p[0] + "|" + p[1], Row: p[2], Column: p[3]}
		b := secret.AssociatedData{Table: p[0], Row: p[1] + "|" + p[2], Column: p[3]}
		c := secret.AssociatedData{Table: p[0], Row: p[1], Column: p[2] + "|" + p[3]}
		differ(t, a, a)
		differ(t, a, b)
		differ(t, b, c)
		differ(t, a, c)
	})
}

func TestIndex(t *testing.T) {
	k := secret.NewKeys()
	a := k.Index("snils", "11223344595")
	if len(a.Value) != 32 || !secret.Equal(a.Value, k.Index("snils", "11223344595").Value) {
		t.Error("the same value has another index")
	}
	for _, other := range []secret.Index{
		k.Index("snils", "11223344596"), k.Index("passport", "11223344595"), k.Index("snil", "s11223344595"),
		secret.NewKeys().Index("snils", "11223344595"),
		{Value: k.MAC("snils", []byte("11223344595"))},
	} {
		if secret.Equal(a.Value, other.Value) {
			t.Error("another value has the same index")
		}
	}
	if all := k.Indexes("snils", "11223344595"); len(all) != 1 || all[0].KeyID != a.KeyID || !secret.Equal(all[0].Value, a.Value) {
		t.Errorf("live keys: %v", all)
	}
}

func TestMAC(t *testing.T) {
	k := secret.NewKeys()
	mac := k.MAC("otp", []byte("ab"), []byte("c"))
	if !k.CheckMAC(mac, "otp", []byte("ab"), []byte("c")) || len(mac) != 32 {
		t.Error("a MAC does not check")
	}
	for name, wrong := range map[string]bool{
		"label":  k.CheckMAC(mac, "letter", []byte("ab"), []byte("c")),
		"border": k.CheckMAC(mac, "otp", []byte("a"), []byte("bc")),
		"order":  k.CheckMAC(mac, "otp", []byte("c"), []byte("ab")),
		"fewer":  k.CheckMAC(mac, "otp", []byte("abc")),
		"joined": k.CheckMAC(mac, "otpab", []byte("c")),
		"keys":   secret.NewKeys().CheckMAC(mac, "otp", []byte("ab"), []byte("c")),
		"short":  k.CheckMAC(mac[:31], "otp", []byte("ab"), []byte("c")),
		"empty":  k.CheckMAC(nil, "otp", []byte("ab"), []byte("c")),
	} {
		if wrong {
			t.Errorf("%s: a wrong MAC checks", name)
		}
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	k := secret.NewKeys()
	if s := fmt.Sprintf("%v %+v %#v %s %x", k, k, k, k, k); s != strings.TrimSpace(strings.Repeat("*** ", 5)) {
		t.Error(s)
	}
}
