package otp_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/events/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const phone = "+79001234567"

// outgoing plays notification and keeps what it was asked to send.
type outgoing struct {
	notificationv1.UnimplementedNotificationServiceServer
	mu   sync.Mutex
	sent []*notificationv1.SendMessageRequest
	// down: refuses; lost: sends, and the answer does not come.
	down, lost atomic.Bool
}

func (o *outgoing) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = nil
}

func (o *outgoing) SendMessage(
	_ context.Context, r *notificationv1.SendMessageRequest,
) (*notificationv1.SendMessageResponse, error) {
	if o.down.Load() {
		return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "down")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, r)
	if o.lost.Load() {
		return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "lost")
	}
	return &notificationv1.SendMessageResponse{MessageId: r.GetIdempotencyKey()}, nil
}

func (o *outgoing) last(t *testing.T) *notificationv1.SendMessageRequest {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.sent) == 0 {
		t.Fatal("nothing was sent")
	}
	return o.sent[len(o.sent)-1]
}

func (o *outgoing) code(t *testing.T) string {
	t.Helper()
	return o.last(t).GetParams()["code"]
}

type world struct {
	*testkit.Env
	t       *testing.T
	out     *outgoing
	otp     otpv1.OTPServiceClient
	ctx     context.Context
	metrics *prometheus.Registry
	secrets string
}

func start(t *testing.T) *world {
	t.Helper()
	return startWith(t, nil)
}

func startWith(t *testing.T, vars map[string]string) *world {
	t.Helper()
	w := &world{t: t, out: &outgoing{}, ctx: testkit.From(context.Background(), "192.0.2.1")}
	service := otp.Service()
	run := service.Run
	service.Run = func(ctx context.Context, p *boot.Platform) error {
		w.metrics, w.secrets = prometheus.NewRegistry(), p.Env.SecretsDir
		p.Metrics = w.metrics
		return run(ctx, p)
	}
	w.Env = testkit.Start(t, testkit.Options{Vars: vars, Services: []boot.Service{
		service, testkit.Fake("notification", &notificationv1.NotificationService_ServiceDesc, w.out),
	}})
	w.connect()
	return w
}

func (w *world) connect() { w.otp = otpv1.NewOTPServiceClient(w.Dial("registration", "otp")) }

func (w *world) rotateIndexKey() {
	w.t.Helper()
	kek, err := secret.LoadKEK(filepath.Join(w.secrets, "kek"))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := secret.RotateIndex(filepath.Join(w.secrets, "keys.json"), kek); err != nil {
		w.t.Fatal(err)
	}
	w.Restart()
	w.connect()
}

func (w *world) issue(flow string) error {
	_, err := w.issueAs(flow, "")
	return err
}

func (w *world) issueAs(flow, send string) (*otpv1.IssueCodeResponse, error) {
	return w.otp.IssueCode(w.ctx, &otpv1.IssueCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: flow, Channel: otpv1.Channel_SMS, Destination: phone, SendId: send,
	})
}

// issueKnown asks for a code from an address that the phone's owner has used before.
func (w *world) issueKnown(flow string) error {
	_, err := w.otp.IssueCode(w.ctx, &otpv1.IssueCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: flow, Channel: otpv1.Channel_SMS, Destination: phone, KnownAddress: true,
	})
	return err
}

func (w *world) mustIssue(flow string) string {
	w.t.Helper()
	if err := w.issue(flow); err != nil {
		w.t.Fatal(err)
	}
	return w.out.code(w.t)
}

func (w *world) verify(flow, code string) error { return w.verifyAs(flow, code, "") }

func (w *world) verifyAs(flow, code, attempt string) error {
	_, err := w.otp.VerifyCode(w.ctx, &otpv1.VerifyCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: flow, Channel: otpv1.Channel_SMS, Destination: phone, Code: code,
		AttemptId: attempt,
	})
	return err
}

func wrong(code string) string {
	if code[0] == '9' {
		return "0" + code[1:]
	}
	return "9" + code[1:]
}

func wantReason(t *testing.T, err error, want errorsv1.Reason) *errs.Error {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || e.Reason != want {
		t.Fatalf("got %v, want reason %s", err, want)
	}
	return e
}

func TestCodeIsAcceptedOnce(t *testing.T) {
	w := start(t)
	verified := testkit.Watch[eventsv1.CodeVerified](w.Env)
	code := w.mustIssue("flow")
	if len(code) != 6 {
		t.Fatalf("code %q has not six digits", code)
	}
	if err := w.verify("flow", code); err != nil {
		t.Fatal(err)
	}
	wantReason(t, w.verify("flow", code), errorsv1.Reason_CODE_EXPIRED)
	if got := verified.Wait(1)[0].GetFlowId(); got != "flow" {
		t.Errorf("event for flow %q", got)
	}
}

func TestCodeOnceInParallel(t *testing.T) {
	w := start(t)
	code := w.mustIssue("flow")
	var won atomic.Int32
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if w.verify("flow", code) == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d guesses won, want one", won.Load())
	}
}

func TestCodeDiesAt300Seconds(t *testing.T) {
	w := start(t)
	code := w.mustIssue("flow")
	w.Clock.Advance(299 * time.Second)
	wantReason(t, w.verify("flow", wrong(code)), errorsv1.Reason_CODE_WRONG)
	w.Clock.Advance(time.Second)
	wantReason(t, w.verify("flow", code), errorsv1.Reason_CODE_EXPIRED)
}

func TestCodeIsBoundToItsFlow(t *testing.T) {
	w := start(t)
	code := w.mustIssue("flow")
	wantReason(t, w.verify("another", code), errorsv1.Reason_CODE_EXPIRED)
	if err := w.verify("flow", code); err != nil {
		t.Errorf("a guess in another flow cost a try: %v", err)
	}
}

func TestSixthGuessIsRefused(t *testing.T) {
	w := start(t)
	code := w.mustIssue("flow")
	for left := 4; left > 0; left-- {
		e := wantReason(t, w.verify("flow", wrong(code)), errorsv1.Reason_CODE_WRONG)
		if attemptsLeft(e) != left {
			t.Errorf("%d attempts left, want %d", attemptsLeft(e), left)
		}
	}
	wantReason(t, w.verify("flow", wrong(code)), errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
	wantReason(t, w.verify("flow", code), errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
}

func TestParallelGuessesAtMostFive(t *testing.T) {
	w := start(t)
	code := w.mustIssue("flow")
	var decided atomic.Int32
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			err := w.verify("flow", wrong(code))
			if errs.Is(err, errorsv1.Reason_CODE_WRONG) {
				decided.Add(1)
			}
		})
	}
	all.Wait()
	if decided.Load() > 4 {
		t.Errorf("%d guesses were decided, want four and the last", decided.Load())
	}
	wantReason(t, w.verify("flow", code), errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
}

// fail makes n wrong guesses, with new codes and flows as they are needed.
func (w *world) fail(n int) {
	w.t.Helper()
	for i := range n {
		flow := "flow" + string(rune('a'+i/4))
		if i%4 == 0 {
			w.Clock.Advance(2 * time.Minute) // the fourth flow finds two live codes
			w.mustIssue(flow)
		}
		_ = w.verify(flow, wrong(w.out.code(w.t)))
	}
}

func TestCountSurvivesResendFlowRestartAndRedisLoss(t *testing.T) {
	w := start(t)
	locked := testkit.Watch[eventsv1.FactorLocked](w.Env)
	w.fail(9)
	w.Restart()
	w.connect()
	if err := w.Redis.FlushAll(w.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Minute)
	code := w.mustIssue("last")
	e := wantReason(t, w.verify("last", wrong(code)), errorsv1.Reason_FACTOR_LOCKED)
	if e.RetryAfter != 15*time.Minute {
		t.Errorf("locked for %s, want 15 minutes", e.RetryAfter)
	}
	wantReason(t, w.verify("last", code), errorsv1.Reason_FACTOR_LOCKED)
	wantReason(t, w.issue("last"), errorsv1.Reason_FACTOR_LOCKED)
	if locked.Wait(1)[0].GetDisabled() {
		t.Error("disabled, want locked for a while")
	}
}

func TestRotatedIndexKeyGivesNoNewTries(t *testing.T) {
	w := start(t)
	w.fail(9)
	w.Clock.Advance(time.Minute)
	code := w.mustIssue("last")
	w.rotateIndexKey()
	wantReason(t, w.issue("last"), errorsv1.Reason_CODE_RESEND_TOO_EARLY)
	wantReason(t, w.verify("last", wrong(code)), errorsv1.Reason_FACTOR_LOCKED)
	w.Clock.Advance(15 * time.Minute)
	w.rotateIndexKey()
	if err := w.verify("next", w.mustIssue("next")); err != nil {
		t.Error(err)
	}
}

func TestSuccessClearsTheCount(t *testing.T) {
	w := start(t)
	w.fail(9)
	w.Clock.Advance(time.Minute)
	if err := w.verify("ok", w.mustIssue("ok")); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Minute)
	wantReason(t, w.verify("next", wrong(w.mustIssue("next"))), errorsv1.Reason_CODE_WRONG)
}

// A stranger's guesses must not keep the owner from signing up for good.
func TestHundredWrongSignUpCodesLockForADay(t *testing.T) {
	w := start(t)
	locked := testkit.Watch[eventsv1.FactorLocked](w.Env)
	var last error
	for i := range 20 {
		w.Clock.Advance(16 * time.Minute)
		flow := fmt.Sprint("stranger", i)
		code := w.mustIssue(flow)
		for range 5 {
			last = w.verify(flow, wrong(code))
		}
	}
	if e := wantReason(t, last, errorsv1.Reason_FACTOR_LOCKED); e.RetryAfter != 24*time.Hour {
		t.Errorf("locked for %s, want a day", e.RetryAfter)
	}
	w.Clock.Advance(24*time.Hour - time.Second)
	wantReason(t, w.issue("owner"), errorsv1.Reason_FACTOR_LOCKED)
	w.Clock.Advance(time.Second)
	if err := w.verify("owner", w.mustIssue("owner")); err != nil {
		t.Errorf("the owner: %v", err)
	}
	for _, event := range locked.Wait(10) {
		if event.GetDisabled() {
			t.Error("disabled for good")
		}
	}
}

func TestResendTooEarlyAndNewCodeVoidsTheOld(t *testing.T) {
	w := start(t)
	first := w.mustIssue("flow")
	e := wantReason(t, w.issue("flow"), errorsv1.Reason_CODE_RESEND_TOO_EARLY)
	if e.RetryAfter != time.Minute {
		t.Errorf("wait %s, want a minute", e.RetryAfter)
	}
	w.Clock.Advance(time.Minute)
	second := w.mustIssue("flow")
	if first != second {
		wantReason(t, w.verify("flow", first), errorsv1.Reason_CODE_WRONG)
	}
	if err := w.verify("flow", second); err != nil {
		t.Error(err)
	}
}

func TestSendsPerDay(t *testing.T) {
	w := start(t)
	for range 20 {
		w.mustIssue("flow")
		w.Clock.Advance(2 * time.Minute)
	}
	if err := w.Redis.FlushAll(w.ctx).Err(); err != nil {
		t.Fatal(err)
	}
	// Twenty in forty minutes: the first leaves the window in a day less those.
	want := 24*time.Hour - 40*time.Minute
	if e := wantReason(t, w.issue("flow"), errorsv1.Reason_CODE_SEND_LIMIT); e.RetryAfter != want {
		t.Errorf("wait %s, want %s", e.RetryAfter, want)
	}
	for range 5 {
		if err := w.issueKnown("flow"); err != nil {
			t.Fatal("the codes kept for the owner's addresses:", err)
		}
		w.Clock.Advance(2 * time.Minute)
	}
	wantReason(t, w.issueKnown("flow"), errorsv1.Reason_CODE_SEND_LIMIT)
	w.Clock.Advance(24 * time.Hour)
	w.mustIssue("flow")
}

// elsewhere asks for a code to the n-th of other phones.
func (w *world) elsewhere(n int, address string) error {
	_, err := w.otp.IssueCode(testkit.From(context.Background(), address), &otpv1.IssueCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: fmt.Sprint("flow", n), Channel: otpv1.Channel_SMS,
		Destination: fmt.Sprintf("+79001%06d", n),
	})
	return err
}

func TestAddressesOfOneSubscriberCountAsOne(t *testing.T) {
	w := start(t)
	for i := range 30 {
		if err := w.elsewhere(i, fmt.Sprintf("2001:db8::%x", i+1)); err != nil {
			t.Fatal(err)
		}
	}
	wantReason(t, w.elsewhere(30, "2001:db8::ffff"), errorsv1.Reason_CODE_SEND_LIMIT)
	if err := w.elsewhere(31, "2001:db8:0:1::1"); err != nil {
		t.Error(err)
	}
	w.counts(31, `limit="address" 1`)
}

func TestTheInstallationsBudgetIsADays(t *testing.T) {
	w := startWith(t, map[string]string{"PROPUSK_OTP_SENDS_ALTOGETHER": "2"})
	w.mustIssue("flow")
	wantReason(t, w.issue("flow"), errorsv1.Reason_CODE_RESEND_TOO_EARLY)
	if err := w.elsewhere(1, "192.0.2.2"); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(23 * time.Hour)
	if e := wantReason(t, w.elsewhere(2, "192.0.2.3"), errorsv1.Reason_CODE_SEND_LIMIT); e.RetryAfter != time.Hour {
		t.Errorf("wait %s, want an hour", e.RetryAfter)
	}
	w.counts(2, `limit="installation" 1`, `limit="resend" 1`)
	w.Clock.Advance(time.Hour)
	if err := w.elsewhere(2, "192.0.2.3"); err != nil {
		t.Error(err)
	}
}

// counts asks for the sends and the refusals by limit that an operator sees; limits not named have refused nothing.
func (w *world) counts(sends int, refusals ...string) {
	w.t.Helper()
	want := []string{fmt.Sprintf("propusk_otp_sends_total %d", sends)}
	for _, r := range refusals {
		want = append(want, "propusk_otp_send_refusals_total "+r)
	}
	families, err := w.metrics.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	var got []string
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "propusk_otp_") {
			continue
		}
		for _, m := range f.GetMetric() {
			text := f.GetName()
			for _, l := range m.GetLabel() {
				text += fmt.Sprintf(" %s=%q", l.GetName(), l.GetValue())
			}
			if n := m.GetCounter().GetValue(); n > 0 {
				got = append(got, fmt.Sprintf("%s %.0f", text, n))
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("metrics %q, want %q", got, want)
	}
}

func TestDecoyTellsTheOwnerAndAcceptsNothing(t *testing.T) {
	w := start(t)
	_, err := w.otp.IssueCode(w.ctx, &otpv1.IssueCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: "flow", Channel: otpv1.Channel_SMS, Destination: phone, Decoy: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	m := w.out.last(t)
	if m.GetTemplate() != "contact_taken" || len(m.GetParams()) != 0 {
		t.Errorf("sent %s with %d params, want contact_taken with none", m.GetTemplate(), len(m.GetParams()))
	}
	wantReason(t, w.verify("flow", "123456"), errorsv1.Reason_CODE_WRONG)
}

func TestLinkByEmail(t *testing.T) {
	w := start(t)
	r := &otpv1.IssueCodeRequest{
		Purpose: otpv1.Purpose_REGISTRATION, FlowId: "flow", Channel: otpv1.Channel_EMAIL, Destination: "i@example.ru",
	}
	if _, err := w.otp.IssueCode(w.ctx, r); err != nil {
		t.Fatal(err)
	}
	token := w.out.last(t).GetParams()["token"]
	if len(token) < 43 {
		t.Fatalf("token of %d characters has not 256 bits", len(token))
	}
	w.Clock.Advance(72*time.Hour - time.Second)
	_, err := w.otp.VerifyCode(w.ctx, &otpv1.VerifyCodeRequest{
		Purpose: r.GetPurpose(), FlowId: r.GetFlowId(), Channel: r.GetChannel(), Destination: r.GetDestination(), Code: token,
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRetryAfterAFailedDeliveryIsNotTooEarly(t *testing.T) {
	w := start(t)
	w.out.down.Store(true)
	wantReason(t, w.issue("flow"), errorsv1.Reason_UNAVAILABLE)
	w.out.down.Store(false)
	if err := w.verify("flow", w.mustIssue("flow")); err != nil {
		t.Error(err)
	}
}

func TestARepeatedSendIsOneMessage(t *testing.T) {
	w := start(t)
	first, err := w.issueAs("flow", "send-1")
	if err != nil {
		t.Fatal(err)
	}
	code := w.out.code(t)
	w.Clock.Advance(2 * time.Minute)
	if again, err := w.issueAs("flow", "send-1"); err != nil || !proto.Equal(again, first) {
		t.Errorf("the repeated send: %v, %v, want %v", again, err, first)
	}
	if len(w.out.sent) != 1 {
		t.Errorf("%d messages, want one", len(w.out.sent))
	}
	if err := w.verify("flow", code); err != nil {
		t.Errorf("the repeated send has voided the code: %v", err)
	}
	if _, err := w.issueAs("flow", "send-2"); err != nil || len(w.out.sent) != 2 {
		t.Errorf("another send: %d messages, %v", len(w.out.sent), err)
	}
	if _, err := w.issueAs("another", "send-1"); !errs.Is(err, errorsv1.Reason_CODE_RESEND_TOO_EARLY) {
		t.Errorf("another flow's send of the same name: %v", err)
	}
}

// A send that was cut short is taken up again, by its own caller or by the flow's next one, and counts for both.
func TestASendThatWasCutShortIsTakenUpAgain(t *testing.T) {
	w := start(t)
	w.out.lost.Store(true)
	for _, send := range []string{"send-1", "send-2"} {
		_, err := w.issueAs("flow", send)
		wantReason(t, err, errorsv1.Reason_UNAVAILABLE)
	}
	w.out.lost.Store(false)
	for _, send := range []string{"send-2", "send-1", "send-2"} {
		if _, err := w.issueAs("flow", send); err != nil {
			t.Error(err)
		}
	}
	w.oneMessage()
	w.out.forget()
	w.Clock.Advance(time.Minute)
	for _, send := range []string{"send-1", "send-2"} {
		if _, err := w.issueAs("flow", send); err != nil || len(w.out.sent) != 0 {
			t.Errorf("%s after a minute: %d messages, %v", send, len(w.out.sent), err)
		}
	}
}

func TestARepeatedAttemptHasTheSameAnswer(t *testing.T) {
	w := start(t)
	code := w.mustIssue("flow")
	for range 3 {
		e := wantReason(t, w.verifyAs("flow", wrong(code), "attempt-1"), errorsv1.Reason_CODE_WRONG)
		if attemptsLeft(e) != 4 {
			t.Errorf("%d attempts left, want 4", attemptsLeft(e))
		}
	}
	verified := testkit.Watch[eventsv1.CodeVerified](w.Env)
	for range 3 {
		if err := w.verifyAs("flow", code, "attempt-2"); err != nil {
			t.Error(err)
		}
	}
	wantReason(t, w.verifyAs("flow", code, "attempt-3"), errorsv1.Reason_CODE_EXPIRED)
	if n := len(verified.Wait(1)); n != 1 {
		t.Errorf("%d events", n)
	}
}

// The count in Redis outlives a crash before the attempt was recorded.
func TestAnAttemptThatWasCutShortCostsOneTry(t *testing.T) {
	w := start(t)
	code := w.mustIssue("flow")
	for range 3 {
		wantReason(t, w.verifyAs("flow", wrong(code), "attempt-1"), errorsv1.Reason_CODE_WRONG)
		if _, err := w.Pool().Exec(w.ctx, `DELETE FROM otp.attempts`); err != nil {
			t.Fatal(err)
		}
	}
	e := wantReason(t, w.verifyAs("flow", wrong(code), "attempt-2"), errorsv1.Reason_CODE_WRONG)
	if attemptsLeft(e) != 3 {
		t.Errorf("%d attempts left, want 3", attemptsLeft(e))
	}
}

func TestConcurrentRepeatsHaveOneEffect(t *testing.T) {
	w := start(t)
	issued := testkit.Watch[eventsv1.CodeIssued](w.Env)
	verified := testkit.Watch[eventsv1.CodeVerified](w.Env)
	rejected := testkit.Watch[eventsv1.CodeRejected](w.Env)
	var all sync.WaitGroup
	twenty := func(what string, call func() error) {
		for range 20 {
			all.Go(func() {
				if err := call(); err != nil {
					t.Errorf("%s: %v", what, err)
				}
			})
		}
		all.Wait()
	}
	twenty("issue", func() error {
		_, err := w.issueAs("flow", "send-1")
		return err
	})
	w.oneMessage()
	code := w.out.code(t)
	twenty("wrong code", func() error {
		err := w.verifyAs("flow", wrong(code), "attempt-1")
		if e, ok := errs.As(err); !ok || attemptsLeft(e) != 4 {
			return fmt.Errorf("answered with %w", err)
		}
		return nil
	})
	twenty("verify", func() error { return w.verifyAs("flow", code, "attempt-2") })
	if i, v, r := len(issued.Wait(1)), len(verified.Wait(1)), len(rejected.Wait(1)); i != 1 || v != 1 || r != 1 {
		t.Errorf("%d codes issued, %d verified, %d rejected, want one each", i, v, r)
	}
}

// Requests of their own, not repeats: asking many times at once is no way around the limits on messages.
func TestManyResendsAtOnceAreOneMessage(t *testing.T) {
	w := start(t)
	issued := testkit.Watch[eventsv1.CodeIssued](w.Env)
	w.mustIssue("flow")
	w.Clock.Advance(time.Minute)
	w.out.forget()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := w.issue("flow"); err != nil {
				wantReason(t, err, errorsv1.Reason_CODE_RESEND_TOO_EARLY)
			}
		})
	}
	all.Wait()
	w.oneMessage()
	if err := w.verify("flow", w.out.code(t)); err != nil {
		t.Error(err)
	}
	if n := len(issued.Wait(2)); n != 2 {
		t.Errorf("%d events", n)
	}
}

// oneMessage checks that all that was sent is one message with one code: notification knows it by its key.
func (w *world) oneMessage() {
	w.t.Helper()
	w.out.mu.Lock()
	defer w.out.mu.Unlock()
	for _, m := range w.out.sent {
		if m.GetIdempotencyKey() != w.out.sent[0].GetIdempotencyKey() || m.GetParams()["code"] != w.out.sent[0].GetParams()["code"] {
			w.t.Error("several messages were sent")
		}
	}
}

func TestARetriedSendGivesNoTriesBack(t *testing.T) {
	w := start(t)
	w.out.lost.Store(true)
	wantReason(t, w.issue("flow"), errorsv1.Reason_UNAVAILABLE) // and yet it was sent
	code := w.out.code(t)
	for range 4 {
		wantReason(t, w.verify("flow", wrong(code)), errorsv1.Reason_CODE_WRONG)
	}
	w.out.lost.Store(false)
	if again := w.mustIssue("flow"); again != code {
		t.Error("another code was sent")
	}
	wantReason(t, w.verify("flow", wrong(code)), errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
	wantReason(t, w.verify("flow", code), errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED)
}

func TestOnlyRegistrationAndAccountMayCall(t *testing.T) {
	w := start(t)
	for _, service := range []string{"gateway", "profile", "sandbox"} {
		w.otp = otpv1.NewOTPServiceClient(w.Dial(service, "otp"))
		wantReason(t, w.issue("flow"), errorsv1.Reason_PERMISSION_DENIED)
		wantReason(t, w.verify("flow", "123456"), errorsv1.Reason_PERMISSION_DENIED)
	}
}

func TestNothingSecretIsKeptInTheOpen(t *testing.T) {
	w := start(t)
	code := w.mustIssue("flow")
	logs := w.Logs()
	dump, err := w.Redis.HGetAll(w.ctx, w.Redis.Keys(w.ctx, "*").Val()[0]).Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{`"` + code + `"`, phone} {
		for field, value := range dump {
			if strings.Contains(value, hidden) {
				t.Errorf("Redis field %s holds %s", field, hidden)
			}
		}
		if strings.Contains(logs, hidden) {
			t.Errorf("the log holds %s", hidden)
		}
	}
}

// attemptsLeft is what a refusal says; -1: nothing.
func attemptsLeft(e *errs.Error) int {
	if e == nil || e.AttemptsLeft == nil {
		return -1
	}
	return *e.AttemptsLeft
}
