package oidc_test

import (
	"slices"
	"testing"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

func purposes(of map[string]string) func(*registered) {
	return func(r *registered) { r.Purposes = of }
}

// When a client changes what it wants data for, or which it must have, the person is asked again, and told what is new.
func TestWhatChangedIsAgreedToAnew(t *testing.T) {
	first := map[string]string{"snils.ru": "для записи", "snils.en": "to file it", "email.ru": "чтобы писать", "email.en": "to write"}
	second := map[string]string{"snils.ru": "для рекламы", "snils.en": "to advertise", "email.ru": "чтобы писать", "email.en": "to write"}
	for name, change := range map[string]func(*registered){
		"a purpose": purposes(second), "a purpose that is gone": purposes(map[string]string{"email.ru": "чтобы писать", "email.en": "to write"}),
		"a purpose in one language": purposes(map[string]string{
			"snils.ru": "для записи", "snils.en": "to sell it", "email.ru": "чтобы писать", "email.en": "to write",
		}),
		"a claim that it can do without": func(r *registered) {
			purposes(first)(r)
			r.VoluntaryClaims = []string{"snils"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := startWithPeople(t)
			c := w.client(purposes(first))
			w.agree(c, "openid snils email")
			if got := w.consents()[0]; got.GetOutdated() {
				t.Fatalf("nothing has changed: %v", got)
			}
			w.redirectedCode(c, "scope", "openid snils email")
			w.client(change)
			if got := w.consents()[0]; !got.GetOutdated() {
				t.Errorf("shown as agreed to: %v", got)
			}
			w.redirectedCode(c, "scope", "openid email") // has not changed
			id := w.begin(w.browser(), request("agency", "scope", "openid snils email"))
			i := w.show(id, w.session)
			if !slices.Equal(i.GetNeeds(), []oidcv1.Need{oidcv1.Need_CONSENT}) {
				t.Fatalf("needs %v", i.GetNeeds())
			}
			for _, s := range i.GetScopes() {
				if is := s.GetScope() == "snils"; s.GetChanged() != is || s.GetGranted() == is {
					t.Errorf("%v", s)
				}
			}
			w.agree(c, "openid snils email")
			w.redirectedCode(c, "scope", "openid snils email")
			if got := w.consents()[0]; got.GetOutdated() {
				t.Errorf("agreed to anew: %v", got)
			}
		})
	}
}

// A claim that was kept back and that the client has come to need is asked for, and not just given.
func TestAClaimThatBecomesNecessaryIsAskedFor(t *testing.T) {
	w := startWithPeople(t)
	c := w.client(volunteers("email"))
	w.agree(c, "openid email", "email")
	w.client()
	id := w.begin(w.browser(), request("agency", "scope", "openid email"))
	if got := w.needs(id, w.session); !slices.Contains(got, oidcv1.Need_CONSENT) {
		t.Errorf("needs %v", got)
	}
}

// What was agreed to before there were digests holds, until the person is asked for another reason.
func TestOlderConsentsHold(t *testing.T) {
	w := startWithPeople(t)
	c := w.client()
	w.agree(c, "openid snils")
	if _, err := w.Pool().Exec(w.ctx, `UPDATE oidc.consents SET terms = '{}'`); err != nil {
		t.Fatal(err)
	}
	w.redirectedCode(c, "scope", "openid snils")
	w.agree(c, "openid snils")
	w.client(purposes(map[string]string{"snils.ru": "иначе", "snils.en": "otherwise"}))
	if got := w.consents()[0]; !got.GetOutdated() {
		t.Errorf("%v", got)
	}
}
