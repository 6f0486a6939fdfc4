package misbehaviour

import (
	"regexp"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/services/internal/i18n/i18ntest"
)

func TestEveryKindIsToldAndDoesSomething(t *testing.T) {
	name, seen := regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`), map[string]bool{}
	for _, k := range All() {
		if !name.MatchString(k.Name) || seen[k.Name] {
			t.Errorf("%q is no name, or another's", k.Name)
		}
		seen[k.Name] = true
		if k.AuthorizeError == "" && k.TokenError == "" && k.Answer == nil && k.IDToken == nil && k.Signed == nil && k.Userinfo == nil && !k.RotatesKeys {
			t.Errorf("%s does nothing", k.Name)
		}
		for _, texts := range []map[string]string{k.Does, k.Right} {
			for _, lang := range []string{"ru", "en"} {
				if texts[lang] == "" {
					t.Errorf("%s says nothing in %s", k.Name, lang)
				}
				for _, fault := range i18ntest.GuideOf(lang).Faults(texts[lang]) {
					t.Errorf("%s in %s: %s", k.Name, lang, fault)
				}
			}
		}
	}
}

func TestUnknownNamesAreTold(t *testing.T) {
	if set, _, ok := Of([]string{"WRONG_ISS", "EXPIRED"}); !ok || len(set) != 2 {
		t.Error("known kinds are not found")
	}
	if _, at, ok := Of([]string{"WRONG_ISS", "ON_FIRE"}); ok || at != 1 {
		t.Errorf("the unknown kind is at %d", at)
	}
}

func TestASpoiledSignatureDiffersAndLooksRight(t *testing.T) {
	for _, token := range []string{"h.p.AAAA", "h.p.abcdefgh", "h.p.B"} {
		got := spoilSignature(token)
		if got == token || len(got) != len(token) || !strings.HasPrefix(got, "h.p.") {
			t.Errorf("%s became %s", token, got)
		}
	}
	if spoilSignature("h.p.") != "h.p." {
		t.Error("a token without a signature got one")
	}
}
