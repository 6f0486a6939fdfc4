package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

// places plays where one person is signed in, and what the person has set.
type places struct {
	*citizen
	accountv1.UnimplementedDeviceServiceServer
	accountv1.UnimplementedSettingsServiceServer

	mu       sync.Mutex
	done     []string
	device   *accountv1.Device
	settings *accountv1.Settings
	told     *notificationv1.NotificationSettings
	// proven: the person has proven lately to be the holder.
	proven bool
}

func (p *places) locked(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

// did is what was done, in one line.
func (p *places) did() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.done, "; ")
}

func (p *places) note(what ...string) {
	p.locked(func() { p.done = append(p.done, strings.Join(what, " ")) })
}

func (p *places) ListSessions(context.Context, *accountv1.ListSessionsRequest) (*accountv1.ListSessionsResponse, error) {
	return &accountv1.ListSessionsResponse{Sessions: []*accountv1.OpenSession{
		{Id: "s1", Current: true, Agent: "Firefox, Windows", CreateTime: p.now(), LastUseTime: p.now(), Surface: accountv1.Surface_PAGES},
		{Id: "s2", Agent: "<b>Chrome</b>", Place: "Казань, Россия", CreateTime: p.now(), LastUseTime: p.now()},
	}}, nil
}

func (p *places) EndSession(_ context.Context, r *accountv1.EndSessionRequest) (*emptypb.Empty, error) {
	if r.GetSessionId() != "s2" {
		return nil, errs.New(errorsv1.Reason_SESSION_NOT_FOUND, "no such session")
	}
	p.note("ended", r.GetSessionId())
	return &emptypb.Empty{}, nil
}

func (p *places) EndOtherSessions(_ context.Context, r *accountv1.EndOtherSessionsRequest) (*emptypb.Empty, error) {
	p.note("ended all but", r.GetSessionId())
	return &emptypb.Empty{}, nil
}

func (p *places) ListDevices(context.Context, *accountv1.ListDevicesRequest) (*accountv1.ListDevicesResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &accountv1.ListDevicesResponse{Devices: []*accountv1.Device{proto.CloneOf(p.device)}}, nil
}

func (p *places) UpdateDevice(_ context.Context, r *accountv1.UpdateDeviceRequest) (*accountv1.Device, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case r.Name != nil && r.GetName() == "long":
		return nil, errs.Fields{{Name: "name", Reason: errorsv1.Reason_FIELD_TOO_LONG, Max: 60}}.Err()
	case r.Forbidden != nil && !r.GetForbidden() && !p.proven:
		return nil, errs.New(errorsv1.Reason_REAUTHENTICATION_REQUIRED, "too long ago")
	}
	if r.Name != nil {
		p.device.Name = r.GetName()
	}
	if r.Trusted != nil {
		p.device.Trusted = r.GetTrusted()
	}
	if r.Forbidden != nil {
		p.device.Forbidden = r.GetForbidden()
	}
	return proto.CloneOf(p.device), nil
}

func (p *places) DeleteDevice(_ context.Context, r *accountv1.DeleteDeviceRequest) (*emptypb.Empty, error) {
	p.note("forgot", r.GetDeviceId())
	return &emptypb.Empty{}, nil
}

func (p *places) DisownSignIn(_ context.Context, r *accountv1.DisownSignInRequest) (*accountv1.DisownSignInResponse, error) {
	if r.GetToken() != "good" {
		return nil, errs.New(errorsv1.Reason_LINK_INVALID, "no such link")
	}
	what := "disowned"
	if r.GetEndOfflineAccess() {
		what += " with offline access"
	}
	p.note(what)
	return &accountv1.DisownSignInResponse{Partners: []*accountv1.PartnerSignIn{
		{Name: "Полис", Host: "polis.example.ru", Time: p.now()},
	}}, nil
}

func (p *places) GetSettings(context.Context, *accountv1.GetSettingsRequest) (*accountv1.Settings, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return proto.CloneOf(p.settings), nil
}

func (p *places) UpdateSettings(_ context.Context, r *accountv1.UpdateSettingsRequest) (*accountv1.Settings, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.GetRegion() == "00" {
		return nil, errs.Fields{{Name: "region", Reason: errorsv1.Reason_FIELD_UNKNOWN_VALUE}}.Err()
	}
	if r.GetNewDevices() != p.settings.GetNewDevices() && !p.proven {
		return nil, errs.New(errorsv1.Reason_REAUTHENTICATION_REQUIRED, "too long ago")
	}
	p.settings = &accountv1.Settings{Language: r.GetLanguage(), Region: r.GetRegion(), NewDevices: r.GetNewDevices()}
	return p.settings, nil
}

func (p *places) GetNotificationSettings(
	context.Context, *notificationv1.GetNotificationSettingsRequest,
) (*notificationv1.NotificationSettings, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return proto.CloneOf(p.told), nil
}

func (p *places) UpdateNotificationSettings(
	_ context.Context, r *notificationv1.UpdateNotificationSettingsRequest,
) (*notificationv1.NotificationSettings, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = &notificationv1.NotificationSettings{Kinds: r.GetKinds()}
	return p.told, nil
}

// signedInAt is the site with the places in the place of account.
func signedInAt(t *testing.T) (*site, *places, *http.Client) {
	t.Helper()
	p := &places{
		citizen: &citizen{
			level: accountv1.Level_SIMPLIFIED, orders: map[string]int{},
			person: &profilev1.Person{LastName: "Петрова", FirstName: "Анна", State: profilev1.DataState_UNVERIFIED},
		},
		device:   &accountv1.Device{Id: "d1", Agent: "Chrome, Android", Trusted: true},
		settings: &accountv1.Settings{Language: "ru", NewDevices: accountv1.NewDevices_ALLOW},
		told:     &notificationv1.NotificationSettings{},
	}
	s := startWith(t, nil,
		testkit.FakeAll("account", map[*grpc.ServiceDesc]any{
			&accountv1.AccountService_ServiceDesc: p.citizen, &accountv1.DeviceService_ServiceDesc: p,
			&accountv1.SettingsService_ServiceDesc: p,
		}),
		testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, p.citizen),
		testkit.Fake("notification", &notificationv1.NotificationService_ServiceDesc, p))
	p.now = func() *timestamppb.Timestamp { return timestamppb.New(s.Clock.Now()) }
	return s, p, s.signedIn()
}

const devicesPath = "/cabinet/security/devices"

func TestSessionsAreEndedOnPages(t *testing.T) {
	s, p, c := signedInAt(t)
	s.wants(s.open(c, devicesPath), "Это устройство", "Завершить вход: &lt;b&gt;Chrome&lt;/b&gt;", "Казань, Россия")
	s.wants(s.submit(c, devicesPath, url.Values{"session": {"s2"}}), "Вход завершён")
	s.wants(s.submit(c, devicesPath, url.Values{"session": {"another"}}), "Такого входа нет")
	s.wants(s.submit(c, devicesPath, url.Values{}), "Вход завершён")
	if did := p.did(); did != "ended s2; ended all but s1" {
		t.Error(did)
	}
}

func TestADeviceIsChangedOnPages(t *testing.T) {
	s, p, c := signedInAt(t)
	const path = devicesPath + "/d1"
	do := func(form url.Values, want ...string) {
		t.Helper()
		s.wants(s.submit(c, path, form), want...)
	}
	do(url.Values{"action": {"name"}, "device_name": {"long"}}, `value="long"`, "device_name-error")
	do(url.Values{"action": {"name"}, "device_name": {" Телефон "}}, "Название сохранено", "Телефон")
	do(url.Values{"action": {"distrust"}}, "снова нужен второй способ")
	do(url.Values{"action": {"forbid"}}, "Вход на устройстве запрещён", "Вход запрещён")
	// Letting a device in again is asked to be proven, and done afterwards.
	do(url.Values{"action": {"allow"}}, `name="password"`)
	p.locked(func() { p.proven = true })
	do(url.Values{"action": {"allow"}}, "Вход на устройстве разрешён")
	p.locked(func() {
		if d := p.device; d.GetName() != "Телефон" || d.GetTrusted() || d.GetForbidden() {
			t.Errorf("%v", d)
		}
	})
	do(url.Values{"action": {"forget"}}, "Устройство убрано")
	if did := p.did(); did != "forgot d1" {
		t.Error(did)
	}
	if a := s.open(c, devicesPath+"/another"); a.StatusCode != http.StatusNotFound {
		t.Errorf("another's device: %d", a.StatusCode)
	}
}

func TestSettingsAreChangedOnPages(t *testing.T) {
	s, p, c := signedInAt(t)
	const path = "/cabinet/security/settings"
	form := url.Values{
		"language": {"ru"}, "home_region": {"00"}, "new_devices": {"ALLOW"}, "sign_in_sms": {"on"}, "sign_out_email": {"on"},
	}
	a := s.submit(c, path, form)
	s.wants(a, `value="00"`, "home_region-error", `id="sign_in_sms" name="sign_in_sms" value="on" checked`)
	form.Set("home_region", "77")
	a = s.submit(c, path, form)
	s.wants(a, "Настройки сохранены", `value="77"`, `id="sign_out_email" name="sign_out_email" value="on" checked`)
	form.Set("new_devices", "FORBID")
	s.wants(s.submit(c, path, form), `name="password"`)
	p.locked(func() {
		if p.settings.GetNewDevices() != accountv1.NewDevices_ALLOW {
			t.Error("changed without a proof")
		}
		p.proven = true
	})
	form.Set("language", "en")
	form.Del("sign_in_sms")
	s.wants(s.submit(c, path, form), "Your settings are saved")
	p.locked(func() {
		in, out := p.told.GetKinds()[0], p.told.GetKinds()[1]
		if p.settings.GetNewDevices() != accountv1.NewDevices_FORBID || len(in.GetChannels()) != 0 || len(out.GetChannels()) != 1 ||
			out.GetChannels()[0] != notificationv1.Channel_EMAIL {
			t.Errorf("%v, %v", p.settings, p.told)
		}
	})
}

// Mail scanners open links: that locks nobody out. A button does, without a sign-in, and tells where the stranger was.
func TestASignInIsDisownedOnPages(t *testing.T) {
	s, p, _ := signedInAt(t)
	c := s.browser()
	const path = "/not-me?token=good"
	s.wants(s.open(c, path), "Закрыть вход", "checked")
	if did := p.did(); did != "" {
		t.Error("opening the link has done it: " + did)
	}
	s.wants(s.submit(c, path, url.Values{"end_offline_access": {"on"}}), "Вход закрыт", "Полис", "polis.example.ru", "/recover")
	s.wants(s.submit(c, path, url.Values{}), "Вход закрыт")
	if did := p.did(); did != "disowned with offline access; disowned" {
		t.Error(did)
	}
	s.wants(s.submit(c, "/not-me?token=bad", url.Values{}), "Ссылка неверна")
	if a := s.open(s.browser(), "/not-me?done=1"); strings.Contains(a.body, "polis") {
		t.Error("another browser sees where the stranger was")
	}
}

// Nobody but who is signed in sees devices and settings.
func TestDevicesAreForWhoIsSignedIn(t *testing.T) {
	s, p, _ := signedInAt(t)
	for _, path := range []string{devicesPath, devicesPath + "/d1", "/cabinet/security/settings"} {
		if a := s.get(s.browser(), path); !strings.HasPrefix(a.Header.Get("Location"), "/sign-in") {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.Header.Get("Location"))
		}
	}
	if did := p.did(); did != "" {
		t.Error(did)
	}
}
