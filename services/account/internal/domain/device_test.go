package domain_test

import (
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

func TestWhatADeviceIsInWords(t *testing.T) {
	const mozilla = "Mozilla/5.0 "
	for agent, want := range map[string]string{
		mozilla + "(Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                           "Firefox, Windows",
		mozilla + "(X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                                      "Chrome, Linux",
		mozilla + "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 YaBrowser/25.8.0.0 Safari/537.36":         "Yandex Browser, Windows",
		mozilla + "(Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":                          "Edge, Windows",
		mozilla + "(Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36":        "Samsung Internet, Android",
		mozilla + "(iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1":    "Safari, iOS",
		mozilla + "(iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1": "Chrome, iOS",
		mozilla + "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0":        "Opera, macOS",
		"Polis/5.1 (Android 15)":   "Polis, Android",
		"Go-http-client/1.1":       "Go-http-client",
		mozilla + "(compatible)":   "",
		"<b>Your bank</b>/1.0":     "",
		"call 8 800 555-35-35 now": "",
		"":                         "",
	} {
		if got := (domain.Seen{Agent: agent}).Words(); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}

func TestWhoMaySignInOnADevice(t *testing.T) {
	for want, states := range map[errorsv1.Reason][]domain.DeviceState{
		errorsv1.Reason_REASON_UNSPECIFIED: {
			{}, {Known: true, HadDevices: true}, {HadDevices: true}, {Known: true, OnlyKnown: true, HadDevices: true},
		},
		errorsv1.Reason_DEVICE_FORBIDDEN:     {{Known: true, Forbidden: true}, {Known: true, Forbidden: true, OnlyKnown: true}},
		errorsv1.Reason_NEW_DEVICE_FORBIDDEN: {{OnlyKnown: true}, {OnlyKnown: true, HadDevices: true}},
		errorsv1.Reason_SIGN_IN_LOCKED: {
			{Locked: true}, {Known: true, Locked: true}, {Known: true, Forbidden: true, Locked: true}, {OnlyKnown: true, Locked: true},
		},
	} {
		for _, s := range states {
			err := s.Check()
			if e, _ := errs.As(err); err != nil && e.Reason != want || err == nil && want != 0 {
				t.Errorf("%+v: %v, want %s", s, err, want)
			}
		}
	}
}

func TestTheFirstDeviceIsNotNew(t *testing.T) {
	for s, want := range map[domain.DeviceState]bool{
		{}: false, {HadDevices: true}: true, {Known: true, HadDevices: true}: false,
	} {
		if s.IsNew() != want {
			t.Errorf("%+v is new: %t", s, s.IsNew())
		}
	}
}

func TestAForbiddenDeviceStandsForNothing(t *testing.T) {
	d := domain.Device{TrustedUntil: start().Add(time.Hour)}
	if !d.Trusted(start()) || d.Trusted(start().Add(time.Hour)) {
		t.Error("a device is trusted until its time, and no longer")
	}
	d = d.Forbid(start())
	d.TrustedUntil = start().Add(time.Hour)
	if d.Trusted(start()) || !d.Forbidden() {
		t.Errorf("%+v", d)
	}
}
