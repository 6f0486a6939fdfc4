package notification_test

import (
	"cmp"
	"context"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/testkit"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/events/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	verificationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	"github.com/propusk-id/propusk/services/notification"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	phone   = "+79001234567"
	email   = "i@example.ru"
	account = "0192d5a0-0000-7000-8000-000000000001"
)

type world struct {
	*testkit.Env
	t       *testing.T
	people  *people
	outside *outside
	// partners wait for levels.
	partners *partners
	client   notificationv1.NotificationServiceClient
	ctx      context.Context
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, ctx: context.Background(), outside: &outside{}, partners: &partners{},
		people: &people{contacts: &accountv1.Contacts{Phone: phone, Email: email, Language: "en"}},
	}
	w.Env = testkit.Start(t, testkit.Options{Services: []boot.Service{
		notification.Service(),
		testkit.Fake("account", &accountv1.AccountService_ServiceDesc, w.people),
		testkit.Fake("sandbox", &sandboxv1.SandboxService_ServiceDesc, w.outside),
		testkit.Fake("oidc", &oidcv1.OIDCService_ServiceDesc, w.partners),
	}})
	w.dial("otp")
	return w
}

func (w *world) dial(as string) {
	w.client = notificationv1.NewNotificationServiceClient(w.Dial(as, "notification"))
}

func code(key string) *notificationv1.SendMessageRequest {
	return &notificationv1.SendMessageRequest{
		IdempotencyKey: key, Template: "registration_code", Channel: notificationv1.Channel_SMS, Destination: phone,
		Params: map[string]string{"code": "918273"},
	}
}

func (w *world) send(r *notificationv1.SendMessageRequest) string {
	w.t.Helper()
	out, err := w.client.SendMessage(w.ctx, r)
	if err != nil {
		w.t.Fatal(err)
	}
	return out.GetMessageId()
}

func (w *world) waitSMS(n int) []*sandboxv1.ReceiveSMSRequest {
	w.t.Helper()
	testkit.Eventually(w.t, "the SMS", func() bool { sms, _, _ := w.outside.state(); return len(sms) >= n })
	sms, _, _ := w.outside.state()
	return sms
}

func (w *world) waitEmails(n int) []*sandboxv1.ReceiveEmailRequest {
	w.t.Helper()
	testkit.Eventually(w.t, "the e-mails", func() bool { _, emails, _ := w.outside.state(); return len(emails) >= n })
	_, emails, _ := w.outside.state()
	return emails
}

// waitTries also waits until the next try is scheduled: only then may the clock move.
func (w *world) waitTries(n int) {
	w.t.Helper()
	testkit.Eventually(w.t, "the tries", func() bool {
		_, _, tries := w.outside.state()
		return tries >= n && w.count(`SELECT count(*) FROM notification.river_job WHERE state = 'running'
			OR kind = 'send' AND state = 'available' AND attempt = 0 AND NOT metadata ? 'snoozes'`) == 0 &&
			w.count(`SELECT count(*) FROM notification.messages WHERE in_hand_until IS NOT NULL`) == 0
	})
}

// waitState waits for a message's state, and for what it said being wiped or kept.
func (w *world) waitState(id, state string, wiped bool) {
	w.t.Helper()
	testkit.Eventually(w.t, "message is "+state, func() bool {
		return w.count(`SELECT count(*) FROM notification.messages
			WHERE id = $1 AND state = $2 AND (destination IS NULL) = $3 AND (params IS NULL) = $3`, id, state, wiped) == 1
	})
}

func (w *world) count(sql string, args ...any) (n int) {
	w.t.Helper()
	if err := w.Pool().QueryRow(w.ctx, sql, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// happens publishes an event as its producer.
func (w *world) happens(event proto.Message) {
	producer := strings.Split(string(event.ProtoReflect().Descriptor().FullName()), ".")[1]
	w.Publish(producer, "notification", account, event)
}

func (w *world) feed(language string) []*notificationv1.Notification {
	w.t.Helper()
	out, err := w.list(w.As(account, accountv1.Level_SIMPLIFIED), language, &notificationv1.ListNotificationsRequest{AccountId: account})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.GetNotifications()
}

func (w *world) list(
	ctx context.Context, language string, r *notificationv1.ListNotificationsRequest,
) (*notificationv1.ListNotificationsResponse, error) {
	gateway := notificationv1.NewNotificationServiceClient(w.Dial("gateway", "notification"))
	return gateway.ListNotifications(rpc.WithRequest(ctx, rpc.Request{Language: language}), r)
}

func (w *world) waitFeed(n int) []*notificationv1.Notification {
	w.t.Helper()
	testkit.Eventually(w.t, "the feed", func() bool { return w.count(`SELECT count(*) FROM notification.feed`) >= n })
	return w.feed("en")
}

func wantReason(t *testing.T, err error, want errorsv1.Reason) *errs.Error {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || e.Reason != want {
		t.Fatalf("got %v, want reason %s", err, want)
	}
	return e
}

func TestSMSIsDeliveredAndWiped(t *testing.T) {
	w := start(t)
	sent := testkit.Watch[eventsv1.MessageSent](w.Env)
	id := w.send(code("key"))
	m := w.waitSMS(1)[0]
	if m.GetMessageId() != id || m.GetTo() != phone || !strings.HasSuffix(m.GetText(), "\n@localhost #918273") {
		t.Errorf("received %v", m)
	}
	w.waitState(id, "SENT", true)
	if got := sent.Wait(1)[0]; got.GetMessageId() != id || got.GetChannel() != "SMS" {
		t.Errorf("event %v", got)
	}
}

func TestEmailIsDelivered(t *testing.T) {
	w := start(t)
	w.send(&notificationv1.SendMessageRequest{
		IdempotencyKey: "key", Template: "registration_link", Channel: notificationv1.Channel_EMAIL, Destination: email,
		Params: map[string]string{"registration_id": "5f0c", "token": "t0ken"}, Language: "en",
	})
	m := w.waitEmails(1)[0]
	link := "http://localhost:8080/sign-up/5f0c/link?token=t0ken"
	if m.GetTo() != email || m.GetSubject() != "Confirm your email to sign up" ||
		!strings.Contains(m.GetText(), link) || !strings.Contains(m.GetHtml(), link) {
		t.Errorf("received %v", m)
	}
}

func TestLanguageIsTheRequestsUnlessGiven(t *testing.T) {
	w := start(t)
	w.send(code("russian"))
	w.ctx = rpc.WithRequest(w.ctx, rpc.Request{Language: "en"})
	w.waitSMS(1)
	w.send(code("english"))
	sms := w.waitSMS(2)
	if !strings.HasPrefix(sms[0].GetText(), "918273 — код Пропуска для регистрации\n") ||
		!strings.HasPrefix(sms[1].GetText(), "918273 is your Propusk code for signing up\n") {
		t.Errorf("received %v", sms)
	}
}

func TestSameKeyIsOneMessage(t *testing.T) {
	w := start(t)
	var ids sync.Map
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			out, err := w.client.SendMessage(w.ctx, code("key"))
			if err != nil {
				t.Error(err)
			}
			ids.Store(out.GetMessageId(), true)
		})
	}
	all.Wait()
	w.waitSMS(1)
	w.Restart()
	w.dial("otp")
	ids.Store(w.send(code("key")), true)
	n := 0
	ids.Range(func(any, any) bool { n++; return true })
	if jobs := w.count(`SELECT count(*) FROM notification.river_job WHERE kind = 'send'`); n != 1 || jobs != 0 {
		t.Errorf("%d messages and %d jobs, want one and none", n, jobs)
	}
	if sms, _, _ := w.outside.state(); len(sms) != 1 {
		t.Errorf("%d SMS, want one", len(sms))
	}
	if stored := w.count(`SELECT count(*) FROM notification.idempotency_keys`); stored != 0 {
		t.Errorf("%d answers are stored: the message's key is enough", stored)
	}
}

func TestImpossibleMessagesAreRefused(t *testing.T) {
	w := start(t)
	for name, c := range map[string]struct {
		change func(r *notificationv1.SendMessageRequest)
		want   errs.Field
	}{
		"unknown template": {
			func(r *notificationv1.SendMessageRequest) { r.Template = "x" },
			errs.Field{Name: "template", Reason: errorsv1.Reason_FIELD_UNKNOWN_VALUE},
		},
		"template of the other channel": {
			func(r *notificationv1.SendMessageRequest) { r.Template = "registration_link" },
			errs.Field{Name: "template", Reason: errorsv1.Reason_FIELD_UNKNOWN_VALUE},
		},
		"parameter missing": {
			func(r *notificationv1.SendMessageRequest) { r.Params = nil },
			errs.Field{Name: "params", Reason: errorsv1.Reason_FIELD_REQUIRED},
		},
		"no phone": {
			func(r *notificationv1.SendMessageRequest) { r.Destination = email },
			errs.Field{Name: "destination", Reason: errorsv1.Reason_FIELD_MALFORMED},
		},
		"no channel": {
			func(r *notificationv1.SendMessageRequest) { r.Channel = 0 },
			errs.Field{Name: "channel", Reason: errorsv1.Reason_FIELD_UNKNOWN_VALUE},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := code("key")
			c.change(r)
			_, err := w.client.SendMessage(w.ctx, r)
			e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
			if len(e.Fields) != 1 || e.Fields[0] != c.want {
				t.Errorf("fields %v, want %v", e.Fields, c.want)
			}
		})
	}
}

func TestFailedTryIsRepeated(t *testing.T) {
	w := start(t)
	w.outside.failWith(down())
	id := w.send(code("key"))
	w.waitTries(1)
	w.waitState(id, "QUEUED", false)
	w.outside.failWith(nil)
	w.Clock.Advance(time.Second)
	w.waitSMS(1)
	w.waitState(id, "SENT", true)
	if n := w.count(`SELECT attempts FROM notification.messages WHERE id = $1`, id); n != 2 {
		t.Errorf("%d attempts, want two", n)
	}
}

func TestLostAnswerIsAskedForUnderTheSameID(t *testing.T) {
	w := start(t)
	w.outside.lose = true
	id := w.send(code("key"))
	w.waitTries(1)
	w.Restart()
	w.Clock.Advance(time.Second)
	for _, m := range w.waitSMS(2) {
		if m.GetMessageId() != id {
			t.Errorf("received under %s, want %s", m.GetMessageId(), id)
		}
	}
	w.waitState(id, "SENT", true)
}

func TestExpiredMessageIsDropped(t *testing.T) {
	w := start(t)
	failed := testkit.Watch[eventsv1.MessageFailed](w.Env)
	w.outside.failWith(down())
	r := code("key")
	r.ExpireTime = timestamppb.New(w.Clock.Now().Add(time.Minute))
	id := w.send(r)
	w.waitTries(1)
	w.outside.failWith(nil)
	w.Clock.Advance(time.Minute)
	w.waitState(id, "FAILED", true)
	if got := failed.Wait(1)[0]; got.GetMessageId() != id || got.GetChannel() != "SMS" {
		t.Errorf("event %v", got)
	}
	if sms, _, _ := w.outside.state(); len(sms) != 0 {
		t.Error("sent after it expired")
	}
}

func TestProvidersRefusalIsFinal(t *testing.T) {
	w := start(t)
	w.outside.failWith(errs.New(errorsv1.Reason_VALIDATION_FAILED, "no such number"))
	id := w.send(code("key"))
	w.waitState(id, "FAILED", true)
	if _, _, tries := w.outside.state(); tries != 1 {
		t.Errorf("%d tries, want one", tries)
	}
}

func TestEventsBecomeMessagesAndEntries(t *testing.T) {
	inSMS := map[string]string{ // where it says something else than the email
		"verification_not_matched": "shows what to correct", // not what differs: others may see the phone
		"trusted_contact_invited":  "you invited a trusted contact", "trusted_contact_active": "have a trusted contact now",
		"trusted_contact_kept": "trusted contact stays", "principal_active": "you are a trusted contact now",
		"principal_kept": "you stay a trusted contact", "principal_ended": "not a trusted contact any more",
		"principal_recovering": "without your code",
	}
	for name, c := range map[string]struct {
		event     proto.Message
		sms, mail int
		inText    string
	}{
		"welcome":   {&accounteventsv1.AccountCreated{AccountId: account, Oid: 1}, 0, 0, "simplified"},
		"signed_in": {&accounteventsv1.SignedIn{AccountId: account, SessionId: "s"}, 0, 0, "new sign-in"},
		"signed_in_new_device": {
			&accounteventsv1.SignedIn{AccountId: account, SessionId: "s", NewDevice: true}, 0, 0, "open the link in the message",
		},
		"sign_in_locked":   {&accounteventsv1.SignInLocked{AccountId: account, SessionId: "s"}, 1, 1, "recover"},
		"device_forbidden": {&accounteventsv1.DeviceForbidden{AccountId: account, DeviceId: "d"}, 1, 1, "on"},
		"device_allowed":   {&accounteventsv1.DeviceAllowed{AccountId: account, DeviceId: "d"}, 1, 1, "again"},
		"new_devices_forbidden": {
			&accounteventsv1.NewDevicesChanged{AccountId: account, NewDevices: accountv1.NewDevices_FORBID}, 1, 1, "devices",
		},
		"new_devices_allowed": {
			&accounteventsv1.NewDevicesChanged{AccountId: account, NewDevices: accountv1.NewDevices_ALLOW}, 1, 1, "again",
		},
		"second_factor_added":   {&accounteventsv1.SecondFactorAdded{AccountId: account}, 1, 1, "was added"},
		"second_factor_removed": {&accounteventsv1.SecondFactorRemoved{AccountId: account}, 1, 1, "was removed"},
		"second_factor_locked":  {&accounteventsv1.SecondFactorLocked{AccountId: account}, 1, 1, "wrong codes"},
		"backup_code_used":      {&accounteventsv1.BackupCodeUsed{AccountId: account}, 1, 1, "backup code was used"},
		"recovery_started":      {&accounteventsv1.RecoveryStarted{AccountId: account}, 1, 1, "recover your account"},
		"recovery_cancelled":    {&accounteventsv1.RecoveryCancelled{AccountId: account}, 1, 1, "was stopped"},
		"recovery_locked":       {&accounteventsv1.RecoveryLocked{AccountId: account}, 1, 1, "wrong answers"},
		"account_recovered":     {&accounteventsv1.AccountRecovered{AccountId: account}, 1, 1, "was recovered"},
		"recovery_waiting": {
			&accounteventsv1.RecoveryWaiting{AccountId: account, EffectiveTime: timestamppb.New(time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC))},
			0, 0, "5 December 2026",
		},
		"trusted_contact_invited": {
			&accounteventsv1.TrustedContactChanged{AccountId: account, Trust: accounteventsv1.Trust_INVITED},
			1, 1, "Once they accept",
		},
		"trusted_contact_active": {
			&accounteventsv1.TrustedContactChanged{AccountId: account, Trust: accounteventsv1.Trust_ACTIVE},
			1, 1, "has accepted",
		},
		"trusted_contact_ending": {
			&accounteventsv1.TrustedContactChanged{AccountId: account, Trust: accounteventsv1.Trust_ENDING, EffectiveTime: timestamppb.New(time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC))},
			1, 1, "5 December 2026",
		},
		"trusted_contact_kept": {
			&accounteventsv1.TrustedContactChanged{AccountId: account, Trust: accounteventsv1.Trust_KEPT},
			1, 1, "was cancelled",
		},
		"trusted_contact_ended": {
			&accounteventsv1.TrustedContactChanged{AccountId: account, Trust: accounteventsv1.Trust_ENDED},
			1, 1, "no trusted contact",
		},
		"principal_invited": {
			&accounteventsv1.PrincipalChanged{AccountId: account, Trust: accounteventsv1.Trust_INVITED},
			1, 1, "asks you",
		},
		"principal_active": {
			&accounteventsv1.PrincipalChanged{AccountId: account, Trust: accounteventsv1.Trust_ACTIVE},
			1, 1, "send you a code",
		},
		"principal_ending": {
			&accounteventsv1.PrincipalChanged{AccountId: account, Trust: accounteventsv1.Trust_ENDING, EffectiveTime: timestamppb.New(time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC))},
			1, 1, "5 December 2026",
		},
		"principal_kept": {
			&accounteventsv1.PrincipalChanged{AccountId: account, Trust: accounteventsv1.Trust_KEPT},
			1, 1, "changed their mind",
		},
		"principal_recovering": {
			&accounteventsv1.PrincipalRecovering{AccountId: account, EffectiveTime: timestamppb.New(time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC))},
			1, 1, "5 December 2026",
		},
		"principal_ended": {
			&accounteventsv1.PrincipalChanged{AccountId: account, Trust: accounteventsv1.Trust_ENDED},
			1, 1, "no codes",
		},
		"control_question_changed": {&accounteventsv1.ControlQuestionChanged{AccountId: account}, 1, 1, "control question"},
		"verification_matched": {
			&accounteventsv1.LevelRaised{AccountId: account, Level: accountv1.Level_STANDARD}, 1, 1, "standard",
		},
		"level_confirmed": {
			&accounteventsv1.LevelRaised{AccountId: account, Level: accountv1.Level_CONFIRMED}, 1, 1, "confirmed",
		},
		"verification_not_matched": {
			&verificationeventsv1.VerificationNotMatched{AccountId: account, Reasons: []string{"NAME", "GENDER"}},
			1, 1, "the name differs; the sex differs",
		},
		"verification_duplicate": {
			&verificationeventsv1.VerificationNotMatched{AccountId: account, Reasons: []string{"DUPLICATE_PERSON"}},
			1, 1, "other account already has",
		},
		"verification_deceased": {
			&verificationeventsv1.VerificationNotMatched{AccountId: account, Reasons: []string{"PASSPORT_INVALID", "DECEASED"}},
			1, 1, "Social Fund",
		},
		"verification_expired": {&verificationeventsv1.VerificationExpired{AccountId: account}, 1, 1, "not answer"},
		"letter_ordered":       {&confirmationeventsv1.LetterOrdered{AccountId: account, LetterOrderId: "l"}, 1, 1, "letter"},
		"letter_reminder": {
			&confirmationeventsv1.LetterReminderDue{
				AccountId: account, LetterOrderId: "l",
				CodeExpireTime: timestamppb.New(time.Date(2026, 12, 4, 22, 0, 0, 0, time.UTC)),
			},
			1, 1, "5 December 2026",
		},
		"letter_at_office": {
			&confirmationeventsv1.LetterMoved{AccountId: account, LetterOrderId: "l", State: "AT_OFFICE"}, 1, 0, "at the post office",
		},
		"letter_returned": {
			&confirmationeventsv1.LetterMoved{AccountId: account, LetterOrderId: "l", State: "RETURNED"}, 1, 0, "eturned",
		},
		"letter_delivered": {
			&confirmationeventsv1.LetterMoved{AccountId: account, LetterOrderId: "l", State: "DELIVERED"}, 1, 0, "delivered",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			w.happens(&confirmationeventsv1.LetterMoved{AccountId: account, LetterOrderId: "l", State: "IN_TRANSIT"})
			w.happens(c.event)
			feed := w.waitFeed(1)
			if len(feed) != 1 || feed[0].GetType() != name || feed[0].GetTitle() == "" || !strings.Contains(feed[0].GetText(), c.inText) {
				t.Errorf("feed %v", feed)
			}
			testkit.Eventually(t, "the messages", func() bool {
				return w.count(`SELECT count(*) FROM notification.messages WHERE state = 'SENT' AND account_id = $1`, account) == c.sms+c.mail
			})
			sms, emails, _ := w.outside.state()
			if len(sms) != c.sms || len(emails) != c.mail {
				t.Errorf("%d SMS and %d e-mails, want %d and %d", len(sms), len(emails), c.sms, c.mail)
			}
			for _, m := range sms {
				if m.GetTo() != phone || !strings.Contains(m.GetText(), cmp.Or(inSMS[name], c.inText)) {
					t.Errorf("SMS %v", m)
				}
			}
			for _, m := range emails {
				if m.GetTo() != email || !strings.Contains(m.GetText(), c.inText) {
					t.Errorf("e-mail %v", m)
				}
			}
		})
	}
}

func TestWhoHasNoPhoneGetsAnEmailInHisLanguage(t *testing.T) {
	w := start(t)
	w.people.set(&accountv1.Contacts{Email: email, Language: "ru"}, nil)
	w.happens(&verificationeventsv1.VerificationExpired{AccountId: account})
	if got := w.waitEmails(1)[0].GetSubject(); got != "Проверка данных не состоялась" {
		t.Errorf("subject %q", got)
	}
	if got := w.feed("ru")[0].GetTitle(); got != "Проверка данных не состоялась" {
		t.Errorf("title %q", got)
	}
}

// deliverAgain delivers an event once more, as after a lost acknowledgement, and waits until it is handled.
func (w *world) deliverAgain(stream string) {
	w.t.Helper()
	nc, err := w.NATS.Connect()
	if err != nil {
		w.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := js.Stream(w.ctx, stream)
	if err != nil {
		w.t.Fatal(err)
	}
	raw, err := s.GetMsg(w.ctx, 1)
	if err != nil {
		w.t.Fatal(err)
	}
	// Under the same Msg-Id the stream would drop it.
	raw.Header.Del(jetstream.MsgIDHeader)
	if _, err := js.PublishMsg(w.ctx, &nats.Msg{Subject: raw.Subject, Header: raw.Header, Data: raw.Data}); err != nil {
		w.t.Fatal(err)
	}
	testkit.Eventually(w.t, "both deliveries are handled", func() bool {
		c, err := js.Consumer(w.ctx, stream, "notification")
		if err != nil {
			w.t.Fatal(err)
		}
		return c.CachedInfo().AckFloor.Stream == 2
	})
}

func TestEventIsToldOnce(t *testing.T) {
	w := start(t)
	w.people.set(nil, down())
	w.happens(&verificationeventsv1.VerificationExpired{AccountId: account})
	testkit.Eventually(t, "a failed try", func() bool { return w.people.times() > 0 })
	w.people.set(&accountv1.Contacts{Phone: phone}, nil)
	w.waitSMS(1)
	w.deliverAgain("PROPUSK_VERIFICATION")
	if n := len(w.feed("en")); n != 1 {
		t.Errorf("%d entries, want one", n)
	}
	if n := w.count(`SELECT count(*) FROM notification.messages`); n != 1 {
		t.Errorf("%d messages, want one", n)
	}
	if n := w.count(`SELECT count(*) FROM notification.dead_letters`); n != 0 {
		t.Error("the repeated event is a dead letter")
	}
}

func TestFeedIsPagedNewestFirst(t *testing.T) {
	w := start(t)
	for range 5 {
		w.Clock.Advance(time.Second)
		w.happens(&accounteventsv1.SignedIn{AccountId: account})
	}
	w.waitFeed(5)
	me := w.As(account, accountv1.Level_SIMPLIFIED)
	var times []time.Time
	r := &notificationv1.ListNotificationsRequest{AccountId: account, PageSize: 2}
	for pages := 1; ; pages++ {
		out, err := w.list(me, "ru", r)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range out.GetNotifications() {
			times = append(times, n.GetCreateTime().AsTime())
		}
		if r.PageToken = out.GetNextPageToken(); r.PageToken == "" {
			if pages != 3 {
				t.Errorf("%d pages, want three", pages)
			}
			break
		}
	}
	var want []time.Time
	for i := range 5 {
		want = append(want, w.Clock.Now().Add(-time.Duration(i)*time.Second))
	}
	if !reflect.DeepEqual(times, want) {
		t.Errorf("times %v, want %v", times, want)
	}
}

func TestFeedIsReadUpToAnEntryAndByKind(t *testing.T) {
	w := start(t)
	w.happens(&accounteventsv1.SignedIn{AccountId: account})
	w.Clock.Advance(time.Second)
	w.happens(&confirmationeventsv1.LetterOrdered{AccountId: account, LetterOrderId: "l"})
	seen := w.waitFeed(2)
	w.Clock.Advance(time.Second)
	w.happens(&verificationeventsv1.VerificationExpired{AccountId: account})
	w.waitFeed(3)
	me := w.As(account, accountv1.Level_SIMPLIFIED)
	w.dial("web")
	mark := func(ctx context.Context, id string) error {
		_, err := w.client.MarkNotificationsRead(ctx, &notificationv1.MarkNotificationsReadRequest{AccountId: account, NotificationId: id})
		return err
	}
	if err := mark(me, seen[0].GetId()); err != nil {
		t.Fatal(err)
	}
	all, err := w.list(me, "en", &notificationv1.ListNotificationsRequest{AccountId: account})
	if err != nil || all.GetUnreadCount() != 1 {
		t.Fatalf("%d are unread, want the newest: %v", all.GetUnreadCount(), err)
	}
	for i, n := range all.GetNotifications() {
		if n.GetUnread() != (i == 0) {
			t.Errorf("entry %d: unread %t", i, n.GetUnread())
		}
	}
	letters, err := w.list(me, "en", &notificationv1.ListNotificationsRequest{AccountId: account, Kind: notificationv1.Kind_LETTERS})
	if err != nil || len(letters.GetNotifications()) != 1 || letters.GetUnreadCount() != 1 ||
		letters.GetNotifications()[0].GetKind() != notificationv1.Kind_LETTERS {
		t.Errorf("letters: %v, %v", letters, err)
	}
	for _, id := range []string{"", "x", "0192d5a0-0000-7000-8000-00000000ffff"} {
		wantReason(t, mark(me, id), errorsv1.Reason_NOT_FOUND)
	}
	wantReason(t, mark(w.As("0192d5a0-0000-7000-8000-000000000002", accountv1.Level_CONFIRMED), seen[0].GetId()), errorsv1.Reason_PERMISSION_DENIED)
}

func TestWrongPagesAreRefused(t *testing.T) {
	w := start(t)
	_, err := w.list(w.As(account, accountv1.Level_SIMPLIFIED), "ru",
		&notificationv1.ListNotificationsRequest{AccountId: account, PageSize: -1, PageToken: "x"})
	e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
	want := []errs.Field{
		{Name: "page_size", Reason: errorsv1.Reason_FIELD_OUT_OF_RANGE, Max: 100},
		{Name: "page_token", Reason: errorsv1.Reason_PAGE_TOKEN_INVALID},
	}
	if !reflect.DeepEqual(e.Fields, want) {
		t.Errorf("fields %v, want %v", e.Fields, want)
	}
}

func TestAccessRules(t *testing.T) {
	w := start(t)
	for _, service := range []string{"gateway", "registration", "confirmation", "sandbox"} {
		w.dial(service)
		_, err := w.client.SendMessage(w.ctx, code("key"))
		wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	}
	mine := &notificationv1.ListNotificationsRequest{AccountId: account}
	other := w.As("0192d5a0-0000-7000-8000-000000000002", accountv1.Level_CONFIRMED)
	_, err := w.list(w.ctx, "ru", mine)
	wantReason(t, err, errorsv1.Reason_UNAUTHENTICATED)
	_, err = w.list(other, "ru", mine)
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	w.dial("oidc")
	_, err = w.client.ListNotifications(w.As(account, accountv1.Level_SIMPLIFIED), mine)
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
}

func TestNothingSecretIsKeptInTheOpen(t *testing.T) {
	w := start(t)
	w.outside.failWith(down())
	w.send(code("key"))
	w.happens(&accounteventsv1.LevelRaised{AccountId: account, Level: accountv1.Level_CONFIRMED})
	w.waitTries(3)
	var rows string
	err := w.Pool().QueryRow(w.ctx, `SELECT concat(
		(SELECT string_agg(m::text, ' ') FROM notification.messages m),
		(SELECT string_agg(f::text, ' ') FROM notification.feed f),
		(SELECT string_agg(o::text, ' ') FROM notification.outbox o),
		(SELECT string_agg(j::text, ' ') FROM notification.river_job j))`).Scan(&rows)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(rows, "registration_code") {
		t.Fatal("the dump is empty")
	}
	for _, canary := range []string{"918273", "9001234567", email} {
		if strings.Contains(rows, canary) {
			t.Errorf("a table holds %s", canary)
		}
		if strings.Contains(w.Logs(), canary) {
			t.Errorf("the log holds %s", canary)
		}
	}
}
