package devices

import (
	"strings"
	"testing"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/cabinet"
	"github.com/propusk-id/propusk/services/web/internal/pagetest"
	"github.com/propusk-id/propusk/services/web/internal/partner"
)

const (
	deviceID  = "0192d5a0-0000-7000-8000-000000000001"
	sessionID = "0192d5a0-0000-7000-8000-000000000002"
)

func TestEveryPage(t *testing.T) {
	site := pagetest.New(t, texts, cabinet.Texts, partner.Texts)
	pagetest.Check(t, func(lang string) []pagetest.Sample {
		all := listSamples(site, lang)
		all = append(all, deviceSamples(site, lang)...)
		all = append(all, settingsSamples(site, lang)...)
		return append(all, notMeSamples(site, lang)...)
	})
}

func listSamples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/security/devices")
	mine := Session{
		ID: "1", Title: "Firefox, Windows", Agent: "Firefox, Windows", Assurance: "TWO_FACTORS", Current: true,
		CreateTime: pagetest.Noon(), LastUseTime: pagetest.Noon(),
	}
	other := Session{
		ID: sessionID, Title: "Safari, iOS", Agent: "Safari, iOS", Assurance: "ONE_FACTOR", CreateTime: pagetest.Noon(),
		LastUseTime: pagetest.Noon(), Place: "Kazan",
	}
	devices := []Device{
		{ID: "1", Title: "Firefox, Windows", Current: true, Trusted: true, LastUseTime: pagetest.Noon()},
		{ID: "2", Title: "Safari, iOS", Forbidden: true, LastUseTime: pagetest.Noon()},
	}
	refused := List{
		Page: pagetest.Failing(page, pagetest.Wrong("", errorsv1.Reason_SESSION_NOT_FOUND)), Sessions: []Session{mine}, Devices: devices,
	}
	return []pagetest.Sample{
		{Name: "devices", View: List{Page: page, Sessions: []Session{mine, other}, Devices: devices, Saved: "ended", Unread: 2}},
		{Name: "devices-alone", View: List{Page: page, Sessions: []Session{mine}, Devices: devices[:1]}},
		{Name: "devices-refused", View: refused},
	}
}

func deviceSamples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/security/devices/"+deviceID)
	d := Device{ID: deviceID, Title: "Safari, iOS", Agent: "Safari, iOS", CreateTime: pagetest.Noon(), LastUseTime: pagetest.Noon()}
	current, forbidden := d, d
	current.Current, current.Trusted, current.TrustExpireTime = true, true, pagetest.Noon()
	forbidden.Forbidden, forbidden.Name, forbidden.Place = true, "Phone", "Kazan"
	return []pagetest.Sample{
		{Name: "device", View: Change{Page: page, Device: d}},
		{Name: "device-current", View: Change{Page: page, Device: current}},
		{Name: "device-forbidden", View: Change{Page: page, Device: forbidden}},
		{Name: "device-wrong", View: Change{
			Page: pagetest.Failing(page, pagetest.Wrong(fieldName, errorsv1.Reason_FIELD_TOO_LONG)), Device: d,
		}},
	}
}

func settingsSamples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.SignedIn(lang, "/cabinet/security/settings")
	m := Settings{
		Page: page, Language: lang, NewDevices: "ALLOW", Told: map[string]bool{"sign_in_sms": true}, Saved: "settings",
	}
	wrong := m
	wrong.Page, wrong.Region, wrong.Saved = pagetest.Failing(page, pagetest.Wrong(fieldRegion, errorsv1.Reason_FIELD_UNKNOWN_VALUE)), "00", ""
	return []pagetest.Sample{{Name: "settings", View: m}, {Name: "settings-wrong", View: wrong}}
}

func notMeSamples(site pagetest.Site, lang string) []pagetest.Sample {
	page := site.Blank(lang, "/not-me?token=t")
	return []pagetest.Sample{
		{Name: "not-me", View: NotMe{Page: page, EndOffline: true}},
		{Name: "not-me-dead", View: NotMe{Page: pagetest.Failing(page, pagetest.Wrong("", errorsv1.Reason_LINK_INVALID)), Dead: true}},
		{Name: "not-me-done", View: Disowned{Page: page}},
		{Name: "not-me-partners", View: Disowned{
			Page: page, Partners: []Partner{{Name: "Polis", Host: "polis.example.ru", Time: pagetest.Noon()}},
		}},
		{Name: "not-me-data", View: Disowned{Page: page, Partners: []Partner{
			{Name: "Polis", Host: "polis.example.ru", Time: pagetest.Noon(), Claims: []string{"family_name", "snils"}, ReleaseTime: pagetest.Noon()},
			{Name: "Clinic", Host: "clinic.example.ru", Claims: []string{"email"}, ReleaseTime: pagetest.Noon()},
		}}},
	}
}

// Every assurance has its words.
func TestEveryAssuranceIsSaid(t *testing.T) {
	site := pagetest.New(t, texts, cabinet.Texts, partner.Texts)
	for _, name := range accountv1.Assurance_name {
		for _, lang := range []string{"ru", "en"} {
			text := pagetest.Render(t, List{
				Page: site.SignedIn(lang, "/cabinet/security/devices"), Sessions: []Session{{Title: "Firefox", Assurance: name}},
			})
			if strings.Contains(text, "how_") {
				t.Errorf("%s in %s has no words", name, lang)
			}
		}
	}
}

// Things of one name are told apart, since each button is read alone.
func TestEqualDevicesAreToldApart(t *testing.T) {
	site := pagetest.New(t, texts, cabinet.Texts, partner.Texts)
	p := site.SignedIn("en", "/cabinet/security/devices")
	list := shownSessions(p, []*accountv1.OpenSession{
		{Agent: "Firefox, Windows"}, {Agent: "Firefox, Windows", DeviceName: "Work"}, {Agent: "Firefox, Windows"}, {}, {},
	})
	for i, a := range list {
		for _, b := range list[:i] {
			if a.Title == b.Title || a.Title == "" {
				t.Errorf("two are called %q", a.Title)
			}
		}
	}
}

// What cannot be done to a device is not offered.
func TestTheCallersDeviceOffersNoBan(t *testing.T) {
	site := pagetest.New(t, texts, cabinet.Texts, partner.Texts)
	page := site.SignedIn("en", "/cabinet/security/devices/"+deviceID)
	for action, d := range map[string]Device{
		actionAllow: {Forbidden: true}, actionForbid: {}, "": {Current: true},
	} {
		d.Title = "Firefox"
		text := pagetest.Render(t, Change{Page: page, Device: d})
		for _, offered := range []string{actionAllow, actionForbid} {
			if strings.Contains(text, `value="`+offered+`"`) != (offered == action) {
				t.Errorf("%+v: %s", d, text)
			}
		}
	}
}
