package account_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
	android = "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
)

func (w *world) devices() accountv1.DeviceServiceClient {
	return accountv1.NewDeviceServiceClient(w.Dial("gateway", "account"))
}

// with is a request of a browser or an app.
func with(ctx context.Context, agent string) context.Context {
	r := rpc.RequestOf(ctx)
	r.UserAgent = agent
	return rpc.WithRequest(ctx, r)
}

// on signs in on a device; with an empty token it is a new one.
func (w *world) on(token, agent string) (*accountv1.Session, error) {
	return w.gateway.CreateSession(with(w.ctx, agent), &accountv1.CreateSessionRequest{
		Login: phone, Password: password, DeviceToken: token,
	})
}

func (w *world) mustBeOn(token, agent string) *accountv1.Session {
	w.t.Helper()
	s, err := w.on(token, agent)
	if err != nil {
		w.t.Fatal(err)
	}
	s.DeviceToken = cmp.Or(s.GetDeviceToken(), token)
	return s
}

func (w *world) listSessions(s *accountv1.Session) []*accountv1.OpenSession {
	w.t.Helper()
	out, err := w.devices().ListSessions(w.in(s), &accountv1.ListSessionsRequest{AccountId: s.GetAccountId(), SessionId: s.GetId()})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.GetSessions()
}

func (w *world) listDevices(s *accountv1.Session) []*accountv1.Device {
	w.t.Helper()
	out, err := w.devices().ListDevices(w.in(s), &accountv1.ListDevicesRequest{AccountId: s.GetAccountId(), SessionId: s.GetId()})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.GetDevices()
}

// deviceOf is the device that a session is on.
func (w *world) deviceOf(s *accountv1.Session) *accountv1.Device {
	w.t.Helper()
	for _, d := range w.listDevices(s) {
		if d.GetCurrent() {
			return d
		}
	}
	w.t.Fatal("the session is on no device")
	return nil
}

// change changes a device in a session.
func (w *world) change(s *accountv1.Session, id string, r *accountv1.UpdateDeviceRequest) (*accountv1.Device, error) {
	r.AccountId, r.SessionId, r.DeviceId = s.GetAccountId(), s.GetId(), id
	return w.devices().UpdateDevice(w.in(s), r)
}

func (w *world) forbid(s *accountv1.Session, id string) {
	w.t.Helper()
	d, err := w.change(s, id, &accountv1.UpdateDeviceRequest{Forbidden: proto.Bool(true)})
	if err != nil || !d.GetForbidden() {
		w.t.Fatal(d, err)
	}
}

func (w *world) isDead(s *accountv1.Session) {
	w.t.Helper()
	_, err := w.resolve(s.GetToken())
	wantReason(w.t, err, errorsv1.Reason_SESSION_ENDED)
}

func (w *world) isLive(s *accountv1.Session) {
	w.t.Helper()
	if _, err := w.resolve(s.GetToken()); err != nil {
		w.t.Fatal(err)
	}
}

func TestSessionsAreListedWithTheirDevices(t *testing.T) {
	w := start(t)
	w.create(phone)
	first := w.mustBeOn("", firefox)
	w.Clock.Advance(time.Minute)
	second := w.mustBeOn("", android)
	begun := w.Clock.Now()
	w.Clock.Advance(5 * time.Minute)
	if _, err := w.gateway.ResolveSession(with(w.ctx, firefox), &accountv1.ResolveSessionRequest{
		Token: first.GetToken(), Surface: accountv1.Surface_REST,
	}); err != nil {
		t.Fatal(err)
	}
	all := w.listSessions(second)
	if len(all) != 2 || !all[0].GetCurrent() || all[1].GetCurrent() || all[0].GetId() != second.GetId() {
		t.Fatalf("%v", all)
	}
	mine, other := all[0], all[1]
	if mine.GetAgent() != "Chrome, Android" || other.GetAgent() != "Firefox, Windows" || mine.GetPlace() != "" {
		t.Errorf("%v", all)
	}
	timeIs(t, "begun", mine.GetCreateTime().AsTime(), begun)
	timeIs(t, "last used", mine.GetLastUseTime().AsTime(), begun)
	timeIs(t, "the other last used", other.GetLastUseTime().AsTime(), w.Clock.Now())
	if mine.GetAssurance() != accountv1.Assurance_ONE_FACTOR || !slices.Equal(mine.GetAmr(), []string{"pwd"}) ||
		mine.GetSurface() != accountv1.Surface_REST || mine.GetDeviceId() != w.deviceOf(second).GetId() {
		t.Errorf("%v", mine)
	}
}

// What a device said of itself and its address is in no dump of the database.
func TestWhereAPersonWasIsEncrypted(t *testing.T) {
	w := start(t)
	w.create(phone)
	w.mustBeOn("", firefox)
	for _, table := range []string{"sessions", "devices"} {
		var dump string
		if err := w.Pool().QueryRow(w.ctx, `SELECT string_agg(t::text || encode(t.seen, 'escape'), '') FROM account.`+table+` t`).Scan(&dump); err != nil {
			t.Fatal(err)
		}
		if dump == "" || strings.Contains(dump, "Firefox") || strings.Contains(dump, home) {
			t.Errorf("%s: %s", table, dump)
		}
	}
}

func TestASessionIsEndedFromAnother(t *testing.T) {
	w := start(t)
	ended := testkit.Watch[eventsv1.SignedOut](w.Env)
	w.create(phone)
	lost, mine := w.mustBeOn("", firefox), w.mustBeOn("", android)
	for range 2 { // one that has ended stays ended
		if _, err := w.devices().EndSession(w.in(mine), &accountv1.EndSessionRequest{
			AccountId: mine.GetAccountId(), SessionId: lost.GetId(),
		}); err != nil {
			t.Fatal(err)
		}
		w.isDead(lost)
	}
	w.isLive(mine)
	if e := ended.Wait(1); len(e) != 1 || e[0].GetSessionId() != lost.GetId() {
		t.Errorf("events %v", e)
	}
	if all := w.listSessions(mine); len(all) != 1 {
		t.Errorf("%v", all)
	}
}

func TestAllOtherSessionsAreEnded(t *testing.T) {
	w := start(t)
	w.create(phone)
	app, _ := w.withTOTP(phone)
	half := w.half(phone)
	mine, err := w.complete(w.half(phone).GetSignInToken(), "TOTP", app.fresh())
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(30 * time.Minute) // it needs no recent proof
	if _, err := w.devices().EndOtherSessions(w.in(mine), &accountv1.EndOtherSessionsRequest{
		AccountId: mine.GetAccountId(), SessionId: mine.GetId(),
	}); err != nil {
		t.Fatal(err)
	}
	if all := w.listSessions(mine); len(all) != 1 || !all[0].GetCurrent() {
		t.Errorf("%v", all)
	}
	_, err = w.complete(half.GetSignInToken(), "TOTP", app.fresh())
	wantReason(t, err, errorsv1.Reason_SIGN_IN_EXPIRED)
}

// Nobody ends, sees, names, forbids or forgets what is another's, nor learns whether it is there.
func TestAnothersSessionsAndDevicesAreNone(t *testing.T) {
	w := start(t)
	w.create(phone)
	victim := w.mustBeOn("", firefox)
	theirs := w.deviceOf(victim)
	thief := w.holder(otherPhone)
	for _, id := range []string{victim.GetId(), "0192d5a0-0000-7000-8000-000000000009", "none"} {
		_, err := w.devices().EndSession(thief.request(), &accountv1.EndSessionRequest{AccountId: thief.id, SessionId: id})
		wantReason(t, err, errorsv1.Reason_SESSION_NOT_FOUND)
	}
	for _, id := range []string{theirs.GetId(), "0192d5a0-0000-7000-8000-000000000009", "none"} {
		_, err := w.change(thief.session, id, &accountv1.UpdateDeviceRequest{Forbidden: proto.Bool(true)})
		wantReason(t, err, errorsv1.Reason_DEVICE_NOT_FOUND)
		_, err = w.devices().DeleteDevice(thief.request(), &accountv1.DeleteDeviceRequest{AccountId: thief.id, DeviceId: id})
		wantReason(t, err, errorsv1.Reason_DEVICE_NOT_FOUND)
	}
	_, err := w.devices().EndSession(thief.request(), &accountv1.EndSessionRequest{AccountId: victim.GetAccountId(), SessionId: victim.GetId()})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	_, err = w.devices().ListDevices(thief.request(), &accountv1.ListDevicesRequest{AccountId: victim.GetAccountId()})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	w.isLive(victim)
	if d := w.deviceOf(victim); d.GetForbidden() {
		t.Errorf("%v", d)
	}
}

func TestADeviceHasTheNameThatItIsGiven(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustBeOn("", firefox)
	d, err := w.change(s, w.deviceOf(s).GetId(), &accountv1.UpdateDeviceRequest{Name: proto.String("  Рабочий компьютер ")})
	if err != nil || d.GetName() != "Рабочий компьютер" || d.GetAgent() != "Firefox, Windows" {
		t.Fatal(d, err)
	}
	again := w.mustBeOn(s.GetDeviceToken(), firefox)
	if d := w.deviceOf(again); d.GetName() != "Рабочий компьютер" || len(w.listDevices(again)) != 1 {
		t.Errorf("%v", d)
	}
	if all := w.listSessions(again); all[0].GetDeviceName() != "Рабочий компьютер" {
		t.Errorf("%v", all)
	}
}

func TestAForbiddenDeviceIsSignedOutAndStaysOut(t *testing.T) {
	w := start(t)
	forbidden, ended := testkit.Watch[eventsv1.DeviceForbidden](w.Env), testkit.Watch[eventsv1.SignedOut](w.Env)
	w.create(phone)
	lost := w.mustBeOn("", android)
	also := w.mustBeOn(lost.GetDeviceToken(), android)
	mine := w.mustBeOn("", firefox)
	device := w.deviceOf(lost).GetId()
	w.forbid(mine, device)
	w.isDead(lost)
	w.isDead(also)
	w.isLive(mine)
	if e := forbidden.Wait(1); len(e) != 1 || e[0].GetDeviceId() != device {
		t.Errorf("events %v", e)
	}
	if e := ended.Wait(2); len(e) != 2 { // what hangs on them at partners ends with them
		t.Errorf("events %v", e)
	}
	_, err := w.on(lost.GetDeviceToken(), android)
	wantReason(t, err, errorsv1.Reason_DEVICE_FORBIDDEN)
	// Who does not know the password does not learn of it.
	_, err = w.gateway.CreateSession(w.ctx, &accountv1.CreateSessionRequest{
		Login: phone, Password: "another", DeviceToken: lost.GetDeviceToken(),
	})
	wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
	// Another browser is another device: keeping those out is a setting of its own.
	other := w.mustBeOn("", android)
	w.isLive(other)
}

// A device that is forbidden while somebody signs in on it has no live session afterwards, whichever was first.
func TestForbiddingRacesWithSigningIn(t *testing.T) {
	w := start(t)
	w.create(phone)
	lost, mine := w.mustBeOn("", android), w.mustBeOn("", firefox)
	device := w.deviceOf(lost).GetId()
	var all sync.WaitGroup
	var mu sync.Mutex
	var begun []*accountv1.Session
	for i := range 12 {
		all.Go(func() {
			if i == 6 {
				w.forbid(mine, device)
				return
			}
			s, err := w.on(lost.GetDeviceToken(), android)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				begun = append(begun, s)
			} else if !errs.Is(err, errorsv1.Reason_DEVICE_FORBIDDEN) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, s := range begun {
		w.isDead(s)
	}
}

func TestTheCallersDeviceCannotBeForbidden(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustBeOn("", firefox)
	_, err := w.change(s, w.deviceOf(s).GetId(), &accountv1.UpdateDeviceRequest{Forbidden: proto.Bool(true)})
	wantReason(t, err, errorsv1.Reason_DEVICE_IN_USE)
	w.isLive(s)
}

// A stolen session may lock others out, but lets nobody in again.
func TestAllowingADeviceNeedsARecentProof(t *testing.T) {
	w := start(t)
	allowed := testkit.Watch[eventsv1.DeviceAllowed](w.Env)
	w.create(phone)
	lost, mine := w.mustBeOn("", android), w.mustBeOn("", firefox)
	device := w.deviceOf(lost).GetId()
	w.forbid(mine, device)
	w.Clock.Advance(21 * time.Minute)
	_, err := w.change(mine, device, &accountv1.UpdateDeviceRequest{Forbidden: proto.Bool(false)})
	wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	_, err = w.devices().DeleteDevice(w.in(mine), &accountv1.DeleteDeviceRequest{AccountId: mine.GetAccountId(), DeviceId: device})
	wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
	_, err = w.on(lost.GetDeviceToken(), android)
	wantReason(t, err, errorsv1.Reason_DEVICE_FORBIDDEN)
	mine = w.mustReauthenticate(mine)
	if d, err := w.change(mine, device, &accountv1.UpdateDeviceRequest{Forbidden: proto.Bool(false)}); err != nil || d.GetForbidden() {
		t.Fatal(d, err)
	}
	if e := allowed.Wait(1); len(e) != 1 || e[0].GetDeviceId() != device {
		t.Errorf("events %v", e)
	}
	w.mustBeOn(lost.GetDeviceToken(), android)
}

func TestATrustedDeviceIsAskedAgainOnceItIsNot(t *testing.T) {
	w := start(t)
	w.create(phone)
	app, _ := w.withTOTP(phone)
	s, err := w.completeIn(w.ctx, &accountv1.CompleteStepRequest{
		SignInToken: w.half(phone).GetSignInToken(), StepId: "TOTP", Code: app.fresh(), RememberDevice: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	d := w.deviceOf(s)
	if !d.GetTrusted() || !d.GetTrustExpireTime().AsTime().After(w.Clock.Now()) {
		t.Fatalf("%v", d)
	}
	if again := w.mustBeOn(s.GetDeviceToken(), ""); again.GetState() != accountv1.Session_ACTIVE {
		t.Fatalf("%v", again)
	}
	_, err = w.change(s, d.GetId(), &accountv1.UpdateDeviceRequest{Trusted: proto.Bool(true)})
	wantField(t, err, "trusted", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	if d, err = w.change(s, d.GetId(), &accountv1.UpdateDeviceRequest{Trusted: proto.Bool(false)}); err != nil || d.GetTrusted() {
		t.Fatal(d, err)
	}
	if again := w.mustBeOn(s.GetDeviceToken(), ""); again.GetState() != accountv1.Session_STEP_REQUIRED {
		t.Errorf("%v", again)
	}
}

func TestAForgottenDeviceIsANewOne(t *testing.T) {
	w := start(t)
	begun := testkit.Watch[eventsv1.SignedIn](w.Env)
	w.create(phone)
	only := w.mustBeOn("", firefox)
	if _, err := w.devices().DeleteDevice(w.in(only), &accountv1.DeleteDeviceRequest{
		AccountId: only.GetAccountId(), DeviceId: w.deviceOf(only).GetId(),
	}); err != nil {
		t.Fatal(err)
	}
	w.isDead(only)
	again := w.mustBeOn(only.GetDeviceToken(), firefox)
	w.mustBeOn(again.GetDeviceToken(), firefox)
	e := begun.Wait(3)
	if e[0].GetNewDevice() || !e[1].GetNewDevice() || e[2].GetNewDevice() {
		t.Errorf("events %v", e)
	}
}

func TestAnAccountHasFiftyDevices(t *testing.T) {
	w := startWith(t, map[string]string{"PROPUSK_ACCOUNT_HASH_WORKERS": "2"})
	w.create(phone)
	bad, oldest := w.mustBeOn("", firefox), w.mustBeOn("", android)
	w.forbid(oldest, w.deviceOf(bad).GetId())
	w.Clock.Advance(time.Minute)
	// The others are as old as they look, and of no browser.
	w.exec(`INSERT INTO account.devices (id, account_id, token_hash, sealed, created_at, last_used_at)
		SELECT gen_random_uuid(), account_id, sha256(n::text::bytea), sealed, $1::timestamptz, $1::timestamptz + n * interval '1 second'
		FROM account.devices, generate_series(1, 49) n WHERE forbidden_at IS NOT NULL`, w.Clock.Now())
	w.exec(`UPDATE account.devices SET seen = NULL`)
	w.Clock.Advance(time.Hour)
	newest := w.mustBeOn("", firefox)
	var kept, forbidden int
	w.count(&kept, `SELECT count(*) FROM account.devices WHERE forbidden_at IS NULL`)
	w.count(&forbidden, `SELECT count(*) FROM account.devices WHERE forbidden_at IS NOT NULL`)
	if kept != 50 || forbidden != 1 {
		t.Errorf("%d devices and %d that are forbidden", kept, forbidden)
	}
	for name, s := range map[string]*accountv1.Session{"the newest": newest, "the oldest": oldest} {
		var n int
		w.count(&n, `SELECT count(*) FROM account.sessions s JOIN account.devices d ON d.id = s.device_id WHERE s.id = $1`, s.GetId())
		if n != map[string]int{"the newest": 1}[name] {
			t.Errorf("%s is there: %d", name, n)
		}
	}
}

func (w *world) count(n *int, sql string, args ...any) {
	w.t.Helper()
	if err := w.Pool().QueryRow(w.ctx, sql, args...).Scan(n); err != nil {
		w.t.Fatal(err)
	}
}

// settings changes the person's.
func (h *holder) settings(r *accountv1.UpdateSettingsRequest) (*accountv1.Settings, error) {
	r.AccountId = h.id
	return accountv1.NewSettingsServiceClient(h.Dial("gateway", "account")).UpdateSettings(h.request(), r)
}

func TestSettings(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	got, err := accountv1.NewSettingsServiceClient(w.Dial("gateway", "account")).GetSettings(h.request(), &accountv1.GetSettingsRequest{AccountId: h.id})
	if err != nil || got.GetNewDevices() != accountv1.NewDevices_ALLOW || got.GetRegion() != "" || got.GetLanguage() != "ru" {
		t.Fatal(got, err)
	}
	w.Clock.Advance(21 * time.Minute) // neither the language nor the region lets anybody in
	got, err = h.settings(&accountv1.UpdateSettingsRequest{Language: proto.String("en"), Region: proto.String("77")})
	if err != nil || got.GetLanguage() != "en" || got.GetRegion() != "77" {
		t.Fatal(got, err)
	}
	if s, err := w.resolve(h.session.GetToken()); err != nil || s.GetLanguage() != "en" {
		t.Error(s, err)
	}
	got, err = h.settings(&accountv1.UpdateSettingsRequest{Region: proto.String("")})
	if err != nil || got.GetLanguage() != "en" || got.GetRegion() != "" {
		t.Fatal(got, err)
	}
	for field, r := range map[string]*accountv1.UpdateSettingsRequest{
		"language": {Language: proto.String("fr")}, "region": {Region: proto.String("Moscow")},
	} {
		_, err = h.settings(r)
		e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
		if len(e.Fields) != 1 || e.Fields[0].Name != field {
			t.Errorf("%v", e.Fields)
		}
	}
	for _, region := range []string{"00", "7", "777", "7a"} {
		_, err = h.settings(&accountv1.UpdateSettingsRequest{Region: &region})
		wantField(t, err, "region", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
	}
	_, err = h.settings(&accountv1.UpdateSettingsRequest{NewDevices: accountv1.NewDevices_FORBID})
	wantReason(t, err, errorsv1.Reason_REAUTHENTICATION_REQUIRED)
}

func TestNewDevicesAreForbidden(t *testing.T) {
	w := start(t)
	changed := testkit.Watch[eventsv1.NewDevicesChanged](w.Env)
	h := w.holder(phone)
	known := h.session.GetDeviceToken()
	passkey := w.withPasskey(h.session)
	for range 2 { // what stays the same is told once
		if got, err := h.settings(&accountv1.UpdateSettingsRequest{NewDevices: accountv1.NewDevices_FORBID}); err != nil ||
			got.GetNewDevices() != accountv1.NewDevices_FORBID {
			t.Fatal(got, err)
		}
	}
	_, err := w.on("", android)
	wantReason(t, err, errorsv1.Reason_NEW_DEVICE_FORBIDDEN)
	_, err = w.gateway.CreateSession(w.ctx, &accountv1.CreateSessionRequest{Login: phone, Password: "another"})
	wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
	// A token of somebody's own making makes no device known.
	_, err = w.on(strings.Repeat("A", 43), android)
	wantReason(t, err, errorsv1.Reason_NEW_DEVICE_FORBIDDEN)
	// Nor does a passkey.
	begun := w.beginPasskey()
	_, err = w.show(begun.GetSignInToken(), passkey.get(begun.GetOptions()))
	wantReason(t, err, errorsv1.Reason_NEW_DEVICE_FORBIDDEN)
	if half := w.mustBeOn(known, firefox); half.GetState() != accountv1.Session_STEP_REQUIRED {
		t.Errorf("%v", half)
	}
	if _, err := h.settings(&accountv1.UpdateSettingsRequest{NewDevices: accountv1.NewDevices_ALLOW}); err != nil {
		t.Fatal(err)
	}
	w.mustBeOn("", android)
	if e := changed.Wait(2); len(e) != 2 || e[0].GetNewDevices() != accountv1.NewDevices_FORBID {
		t.Errorf("events %v", e)
	}
}

// Another person's known browser is known for that person only.
func TestADeviceIsKnownForOneAccount(t *testing.T) {
	w := start(t)
	h := w.holder(phone)
	other := w.holder(otherPhone)
	if _, err := h.settings(&accountv1.UpdateSettingsRequest{NewDevices: accountv1.NewDevices_FORBID}); err != nil {
		t.Fatal(err)
	}
	_, err := w.on(other.session.GetDeviceToken(), firefox)
	wantReason(t, err, errorsv1.Reason_NEW_DEVICE_FORBIDDEN)
}

// The version before knows nothing of what sessions and devices were seen as: its rows are listed as they are.
func TestSessionsOfTheVersionBeforeAreListed(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustBeOn("", firefox)
	for _, sql := range []string{
		`UPDATE account.sessions SET last_used_at = NULL, seen = NULL, steps = '[]'`, `UPDATE account.devices SET seen = NULL`,
		`UPDATE account.accounts SET devices_since = NULL`,
	} {
		w.exec(sql)
	}
	all := w.listSessions(s)
	if len(all) != 1 || all[0].GetAgent() != "" || !slices.Equal(all[0].GetAmr(), []string{"pwd"}) {
		t.Errorf("%v", all)
	}
	timeIs(t, "last used", all[0].GetLastUseTime().AsTime(), w.Clock.Now())
	// One that it has renewed has a token that what was seen is not bound to.
	w.mustBeOn(s.GetDeviceToken(), firefox)
	w.exec(`UPDATE account.sessions SET token_hash = sha256(token_hash) WHERE id <> $1`, s.GetId())
	if all := w.listSessions(s); len(all) != 2 || fmt.Sprint(all[1].GetAgent()) != "" {
		t.Errorf("%v", all)
	}
}
