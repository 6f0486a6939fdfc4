package notification_test

import (
	"strings"
	"testing"

	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

func waiting(id string, level accountv1.Level) *oidcv1.HeldRequest {
	return &oidcv1.HeldRequest{
		Id: id, RequiredLevel: level,
		Partner: &oidcv1.Partner{ClientId: id, Names: map[string]string{"ru": "Клиника " + id, "en": "Clinic " + id}},
	}
}

// The message that brings a level leads back to the newest partner that waits for no more than it.
func TestTheMessageThatBringsALevelLeadsBackToThePartner(t *testing.T) {
	w := start(t)
	for i, c := range []struct {
		level         accountv1.Level
		held          []*oidcv1.HeldRequest
		sms           string
		partner, link string
	}{
		{accountv1.Level_STANDARD, nil, "now standard.", "", "/cabinet"},
		{accountv1.Level_STANDARD, []*oidcv1.HeldRequest{waiting("c1", accountv1.Level_CONFIRMED)}, "now standard.", "", "/cabinet"},
		{
			accountv1.Level_STANDARD,
			[]*oidcv1.HeldRequest{
				waiting("c1", accountv1.Level_CONFIRMED), waiting("c2", accountv1.Level_STANDARD), waiting("c3", accountv1.Level_STANDARD),
			},
			"/partners", "Clinic c2", "/partners/c2",
		},
		{
			accountv1.Level_CONFIRMED,
			[]*oidcv1.HeldRequest{waiting("c1", accountv1.Level_CONFIRMED)},
			"/partners", "Clinic c1", "/partners/c1",
		},
		{accountv1.Level_CONFIRMED, nil, "a confirmed account.", "", "/cabinet"},
	} {
		w.partners.hold(c.held...)
		w.happens(&accounteventsv1.LevelRaised{AccountId: account, Level: c.level})
		if text := w.waitSMS(i + 1)[i].GetText(); !strings.HasSuffix(text, c.sms) {
			t.Errorf("%s of %v: the SMS says %q", c.level, c.held, text)
		}
		text := w.waitEmails(i + 1)[i].GetText()
		if !strings.Contains(text, c.link+"\n") && !strings.HasSuffix(text, c.link) || !strings.Contains(text, c.partner) {
			t.Errorf("%s of %v: the email says %q", c.level, c.held, text)
		}
		if c.partner == "" && strings.Contains(text, "/partners") {
			t.Errorf("%s of %v: the email leads to a partner: %q", c.level, c.held, text)
		}
	}
}
