package person

import (
	"strings"

	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

// card is what is saved of a person.
type card struct {
	person   *profilev1.Person
	passport *profilev1.Document
	answers  map[string]string
	// latest is the latest check, nil when there was none or it cannot be told now.
	latest *verificationv1.Verification
}

func (f feature) card(r *page.Request) (c card, err error) {
	if c.person, err = profiles.Greet(r, f.Profiles); err != nil {
		return c, err
	}
	if c.passport, err = profiles.Passport(r, f.Profiles); err != nil {
		return c, err
	}
	c.answers = profiles.Answers(c.person, c.passport)
	// Without the check the pages are of use: they only say less.
	c.latest, _ = progress.LatestVerification(r, f.Verifications)
	return c, nil
}

// locked says that the data is being checked or is verified: it is shown, and cannot be edited.
func (c card) locked() bool { return c.person.GetState() != profilev1.DataState_UNVERIFIED }

// doubts are the fields that registries found to differ in the latest check, in words.
func (c card) doubts(p components.Page) map[string]string {
	out := map[string]string{}
	if c.latest.GetState() != verificationv1.State_NOT_MATCHED {
		return out
	}
	for field, registries := range progress.Doubted(c.latest) {
		var names []string
		for _, registry := range registries {
			names = append(names, p.T("registry."+registry.String()+".short"))
		}
		out[field] = p.T("person.doubt", "Who", strings.Join(names, ", "))
	}
	return out
}

// version is that of what is saved of a page's fields: another page's make no other.
func version(s profiles.Step, answers map[string]string) string {
	var all []string
	for _, field := range s.Fields {
		all = append(all, field, answers[field])
	}
	return profiles.Version(all...)
}
