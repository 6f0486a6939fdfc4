package registration_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/testkit"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	"github.com/propusk-id/propusk/services/registration"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	phone    = "+79001234567"
	password = "Correct7-horse"
)

type world struct {
	*testkit.Env
	t       *testing.T
	otp     *codes
	account *accounts
	profile *cards
	reg     registrationv1.RegistrationServiceClient
	ctx     context.Context
}

func start(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, ctx: rpc.WithRequest(context.Background(), rpc.Request{Language: "en", ClientIP: "192.0.2.1"}),
		otp:     &codes{sends: map[string]*otpv1.IssueCodeResponse{}, spent: map[string]bool{}, live: map[string]bool{}},
		account: &accounts{owners: map[string]string{}},
		profile: &cards{put: map[string]*profilev1.PutCardRequest{}},
	}
	w.otp.now = func() time.Time { return w.Clock.Now() }
	w.Env = testkit.Start(t, testkit.Options{Services: []boot.Service{
		registration.Service(),
		testkit.Fake("otp", &otpv1.OTPService_ServiceDesc, w.otp),
		testkit.Fake("account", &accountv1.AccountService_ServiceDesc, w.account),
		testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, w.profile),
	}})
	w.dial("gateway")
	return w
}

func (w *world) dial(as string) {
	w.reg = registrationv1.NewRegistrationServiceClient(w.Dial(as, "registration"))
}

func (w *world) restart() {
	w.t.Helper()
	w.Restart()
	w.dial("gateway")
}

func form() *registrationv1.StartRegistrationRequest {
	return &registrationv1.StartRegistrationRequest{
		LastName: "Канарейкина", FirstName: "Анна", MiddleName: "Юрьевна", Phone: "8 900 123-45-67",
	}
}

func byEmail() *registrationv1.StartRegistrationRequest {
	f := form()
	f.Email, f.Channel = "Anna@example.ru", registrationv1.Channel_EMAIL
	return f
}

func (w *world) start(f *registrationv1.StartRegistrationRequest) *registrationv1.Registration {
	w.t.Helper()
	r, err := w.reg.StartRegistration(w.ctx, f)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) get(id string) *registrationv1.Registration {
	w.t.Helper()
	r, err := w.reg.GetRegistration(w.ctx, &registrationv1.GetRegistrationRequest{RegistrationId: id})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) resend(ctx context.Context, id string) (*registrationv1.Registration, error) {
	return w.reg.ResendCode(ctx, &registrationv1.ResendCodeRequest{RegistrationId: id})
}

func (w *world) verify(ctx context.Context, id, code string) (string, error) {
	out, err := w.reg.VerifyCode(ctx, &registrationv1.VerifyCodeRequest{RegistrationId: id, Code: code})
	return out.GetCompletionToken(), err
}

// verified begins a sign-up and proves the phone.
func (w *world) verified() (id, token string) {
	w.t.Helper()
	id = w.start(form()).GetId()
	token, err := w.verify(w.ctx, id, rightCode)
	if err != nil {
		w.t.Fatal(err)
	}
	return id, token
}

func (w *world) complete(ctx context.Context, id, token, password string) (string, error) {
	out, err := w.reg.CompleteRegistration(ctx, &registrationv1.CompleteRegistrationRequest{
		RegistrationId: id, CompletionToken: token, Password: password,
	})
	return out.GetAccountId(), err
}

func (w *world) count(sql string, args ...any) (n int) {
	w.t.Helper()
	if err := w.Pool().QueryRow(w.ctx, sql, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func wantReason(t *testing.T, err error, want errorsv1.Reason) *errs.Error {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || e.Reason != want {
		t.Fatalf("got %v, want reason %s", err, want)
	}
	return e
}

func wantField(t *testing.T, err error, name string, reason errorsv1.Reason) {
	t.Helper()
	e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
	if want := []errs.Field{{Name: name, Reason: reason}}; !reflect.DeepEqual(e.Fields, want) {
		t.Fatalf("fields %v, want %v", e.Fields, want)
	}
}

func TestSignUpByPhone(t *testing.T) {
	w := start(t)
	begun := testkit.Watch[eventsv1.RegistrationStarted](w.Env)
	ended := testkit.Watch[eventsv1.RegistrationCompleted](w.Env)
	r := w.start(form())
	if r.GetState() != registrationv1.State_CODE_SENT || r.GetChannel() != registrationv1.Channel_SMS ||
		r.GetDestination() != "+7 900 ***-**-67" || len(r.GetId()) != 32 {
		t.Errorf("registration is %v", r)
	}
	if want := w.Clock.Now().Add(5 * time.Minute); !r.GetCodeExpireTime().AsTime().Equal(want) {
		t.Errorf("code expires %s, want %s", r.GetCodeExpireTime().AsTime(), want)
	}
	deadline := w.Clock.Now().Add(72 * time.Hour).Truncate(time.Microsecond)
	for _, seen := range []*registrationv1.Registration{r, w.get(r.GetId())} {
		if got := seen.GetExpireTime().AsTime(); !got.Equal(deadline) {
			t.Errorf("the sign-up can be finished until %s, want %s", got, deadline)
		}
	}
	token, err := w.verify(w.ctx, r.GetId(), " 123-456 ")
	if err != nil || len(token) != 43 {
		t.Fatalf("token %q: %v", token, err)
	}
	if got := w.get(r.GetId()).GetState(); got != registrationv1.State_CONTACT_VERIFIED {
		t.Errorf("state %s", got)
	}
	account, err := w.complete(w.ctx, r.GetId(), token, password)
	if err != nil {
		t.Fatal(err)
	}
	made := w.account.all()[0]
	if made.GetAccountId() != account || made.GetPhone() != phone || made.GetEmail() != "" || made.GetLanguage() != "en" {
		t.Errorf("account made as %v", made)
	}
	if want := []string{"Канарейкина", "Анна", "Юрьевна", phone}; !reflect.DeepEqual(made.GetPasswordContext(), want) {
		t.Errorf("password context %v, want %v", made.GetPasswordContext(), want)
	}
	card := w.profile.of(account)
	if p := card.GetPerson(); p.GetLastName() != "Канарейкина" || p.GetMiddleName() != "Юрьевна" || card.GetUnprovenPhone() != "" {
		t.Errorf("card is %v", card)
	}
	if got := begun.Wait(1)[0].GetRegistrationId(); got != r.GetId() {
		t.Errorf("started %s", got)
	}
	if got := ended.Wait(1)[0]; got.GetRegistrationId() != r.GetId() || got.GetAccountId() != account {
		t.Errorf("completed %v", got)
	}
	if r := w.get(r.GetId()); r.GetState() != registrationv1.State_COMPLETED || r.GetDestination() != "" || r.ExpireTime != nil {
		t.Errorf("afterwards %v", r)
	}
	if n := w.count(`SELECT count(*) FROM registration.registrations WHERE card IS NOT NULL`); n != 0 {
		t.Error("the card is kept after the end")
	}
}

func TestSignUpByEmail(t *testing.T) {
	w := start(t)
	r := w.start(byEmail())
	if r.GetDestination() != "A***a@example.ru" || r.GetChannel() != registrationv1.Channel_EMAIL {
		t.Errorf("registration is %v", r)
	}
	if got := w.otp.all()[0]; got.GetDestination() != "anna@example.ru" || got.GetChannel() != otpv1.Channel_EMAIL {
		t.Errorf("otp was asked for %v", got)
	}
	_, err := w.verify(w.ctx, r.GetId(), rightCode)
	wantField(t, err, "token", errorsv1.Reason_FIELD_REQUIRED)
	_, err = w.reg.VerifyCode(w.ctx, &registrationv1.VerifyCodeRequest{RegistrationId: r.GetId(), Code: rightCode, Token: linkToken})
	wantField(t, err, "token", errorsv1.Reason_FIELD_REDUNDANT)
	out, err := w.reg.VerifyCode(w.ctx, &registrationv1.VerifyCodeRequest{RegistrationId: r.GetId(), Token: linkToken})
	if err != nil {
		t.Fatal(err)
	}
	account, err := w.complete(w.ctx, r.GetId(), out.GetCompletionToken(), password)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.account.all()[0]; got.GetEmail() != "anna@example.ru" || got.GetPhone() != "" {
		t.Errorf("account made as %v", got)
	}
	if got := w.profile.of(account); got.GetUnprovenPhone() != phone || got.GetUnprovenEmail() != "" {
		t.Errorf("unproven contacts %q %q", got.GetUnprovenPhone(), got.GetUnprovenEmail())
	}
}

func TestWrongFieldsAreAllNamed(t *testing.T) {
	w := start(t)
	_, err := w.reg.StartRegistration(w.ctx, &registrationv1.StartRegistrationRequest{LastName: "1", Phone: "+375291234567"})
	e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
	want := []errs.Field{
		{Name: "last_name", Reason: errorsv1.Reason_NAME_CHARACTERS},
		{Name: "first_name", Reason: errorsv1.Reason_FIELD_REQUIRED},
		{Name: "phone", Reason: errorsv1.Reason_PHONE_COUNTRY},
	}
	if !reflect.DeepEqual(e.Fields, want) {
		t.Errorf("fields %v, want %v", e.Fields, want)
	}
	_, err = w.reg.StartRegistration(w.ctx, &registrationv1.StartRegistrationRequest{
		LastName: strings.Repeat("я", 201), FirstName: "1", Phone: strings.Repeat("7", 41), Email: strings.Repeat("x", 321),
	})
	want = []errs.Field{
		{Name: "last_name", Reason: errorsv1.Reason_FIELD_TOO_LONG, Max: 100},
		{Name: "first_name", Reason: errorsv1.Reason_NAME_CHARACTERS},
		{Name: "phone", Reason: errorsv1.Reason_FIELD_MALFORMED},
		{Name: "email", Reason: errorsv1.Reason_FIELD_TOO_LONG, Max: 254},
	}
	if e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED); !reflect.DeepEqual(e.Fields, want) {
		t.Errorf("fields %v, want %v", e.Fields, want)
	}
	f := form()
	f.Phone = ""
	_, err = w.reg.StartRegistration(w.ctx, f)
	wantField(t, err, "phone", errorsv1.Reason_CONTACT_REQUIRED)
	f.Channel = 99
	_, err = w.reg.StartRegistration(w.ctx, f)
	wantField(t, err, "channel", errorsv1.Reason_FIELD_UNKNOWN_VALUE)
}

func TestTakenContactGetsTheSameAnswer(t *testing.T) {
	w := start(t)
	free := w.start(form())
	w.account.own(phone, "somebody")
	taken := w.start(form())
	if got := w.otp.all()[1]; !got.GetDecoy() {
		t.Error("otp was not told that the contact is taken")
	}
	if len(free.GetId()) != len(taken.GetId()) {
		t.Error("the ids tell the two apart")
	}
	free.Id, taken.Id = "", ""
	if !proto.Equal(free, taken) {
		t.Errorf("answers differ:\n%v\n%v", free, taken)
	}
}

func TestStartIsRepeatable(t *testing.T) {
	w := start(t)
	begun := testkit.Watch[eventsv1.RegistrationStarted](w.Env)
	w.ctx = testkit.WithKey(w.ctx, "start-key")
	first := w.start(form())
	w.restart()
	if again := w.start(form()); !proto.Equal(first, again) {
		t.Errorf("repeated: %v, want %v", again, first)
	}
	other := form()
	other.FirstName = "Мария"
	_, err := w.reg.StartRegistration(w.ctx, other)
	wantReason(t, err, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED)
	if n := len(w.otp.all()); n != 1 {
		t.Errorf("%d codes, want one", n)
	}
	if n := len(begun.Wait(1)); n != 1 {
		t.Errorf("%d sign-ups, want one", n)
	}
}

func TestStartGoesOnAfterACrash(t *testing.T) {
	for name, what := range map[string]fault{"before otp": away, "after otp": lost} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			w.ctx = testkit.WithKey(w.ctx, "start-key")
			w.otp.set("IssueCode", what)
			_, err := w.reg.StartRegistration(w.ctx, form())
			wantReason(t, err, errorsv1.Reason_UNAVAILABLE)
			w.restart()
			r := w.start(form())
			other := form()
			other.FirstName = "Мария"
			_, err = w.reg.StartRegistration(w.ctx, other)
			wantReason(t, err, errorsv1.Reason_IDEMPOTENCY_KEY_REUSED)
			if n := w.count(`SELECT count(*) FROM registration.registrations`); n != 1 {
				t.Errorf("%d registrations, want one", n)
			}
			if n := len(w.otp.all()); n != 1 {
				t.Errorf("%d codes, want one", n)
			}
			if _, err := w.verify(w.ctx, r.GetId(), rightCode); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAKeyCanBeUsedAgainAfterADay(t *testing.T) {
	w := start(t)
	w.ctx = testkit.WithKey(w.ctx, "start-key")
	w.otp.set("IssueCode", away)
	_, err := w.reg.StartRegistration(w.ctx, form())
	wantReason(t, err, errorsv1.Reason_UNAVAILABLE)
	w.Clock.Advance(24 * time.Hour)
	first := w.start(byEmail())
	w.Clock.Advance(24 * time.Hour)
	if again := w.start(byEmail()); again.GetId() == first.GetId() {
		t.Error("a day later the key still names the first sign-up")
	}
}

// twenty runs a call twenty times at once and says how many different answers it got.
func twenty(t *testing.T, call func() (string, error)) int {
	t.Helper()
	var answers sync.Map
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			answer, err := call()
			if err != nil {
				t.Error(err)
			}
			answers.Store(answer, true)
		})
	}
	all.Wait()
	n := 0
	answers.Range(func(any, any) bool { n++; return true })
	return n
}

func TestConcurrentRepeatsAreOneSignUp(t *testing.T) {
	w := start(t)
	w.ctx = testkit.WithKey(w.ctx, "start-key")
	n := twenty(t, func() (string, error) {
		r, err := w.reg.StartRegistration(w.ctx, form())
		return r.String(), err
	})
	if n != 1 || w.count(`SELECT count(*) FROM registration.registrations`) != 1 || len(w.otp.all()) != 1 {
		t.Errorf("%d answers, %d codes, want one each", n, len(w.otp.all()))
	}
}

func TestConcurrentRepeatsHaveOneProof(t *testing.T) {
	w := start(t)
	for n := range 3 {
		id := w.start(form()).GetId()
		ctx := testkit.WithKey(w.ctx, fmt.Sprint("verify-key-", n))
		if n := twenty(t, func() (string, error) { return w.verify(ctx, id, rightCode) }); n != 1 {
			t.Errorf("%d completion tokens, want one", n)
		}
	}
}

func TestConcurrentRepeatsAreOneResend(t *testing.T) {
	w := start(t)
	id := w.start(form()).GetId()
	ctx := testkit.WithKey(w.ctx, "resend-key")
	n := twenty(t, func() (string, error) {
		r, err := w.resend(ctx, id)
		return r.String(), err
	})
	if n != 1 || len(w.otp.all()) != 2 {
		t.Errorf("%d answers, %d codes, want one and two", n, len(w.otp.all()))
	}
}

func TestResend(t *testing.T) {
	w := start(t)
	id := w.start(form()).GetId()
	w.otp.refuseWith(errorsv1.Reason_CODE_RESEND_TOO_EARLY)
	_, err := w.resend(w.ctx, id)
	if e := wantReason(t, err, errorsv1.Reason_CODE_RESEND_TOO_EARLY); e.RetryAfter != time.Minute {
		t.Errorf("wait %s, want a minute", e.RetryAfter)
	}
	w.otp.refuseWith(0)
	w.Clock.Advance(time.Minute)
	again := testkit.WithKey(w.ctx, "resend-key")
	for range 2 {
		r, err := w.resend(again, id)
		if err != nil {
			t.Fatal(err)
		}
		if want := w.Clock.Now().Add(time.Minute); !r.GetResendTime().AsTime().Equal(want) {
			t.Errorf("next at %s, want %s", r.GetResendTime().AsTime(), want)
		}
	}
	if n := len(w.otp.all()); n != 2 {
		t.Errorf("%d codes, want two", n)
	}
	if _, err := w.resend(testkit.WithKey(w.ctx, "another-key"), id); err != nil || len(w.otp.all()) != 3 {
		t.Errorf("another request: %d codes, %v", len(w.otp.all()), err)
	}
}

func TestResendGoesOnAfterACrash(t *testing.T) {
	w := start(t)
	id := w.start(form()).GetId()
	ctx := testkit.WithKey(w.ctx, "resend-key")
	w.otp.set("IssueCode", lost)
	_, err := w.resend(ctx, id)
	wantReason(t, err, errorsv1.Reason_UNAVAILABLE)
	w.restart()
	if _, err := w.resend(ctx, id); err != nil || len(w.otp.all()) != 2 {
		t.Errorf("%d codes, want two: %v", len(w.otp.all()), err)
	}
}

func TestResendAsksAgainWhoOwnsTheContact(t *testing.T) {
	w := start(t)
	id := w.start(form()).GetId()
	w.account.own(phone, "somebody")
	if _, err := w.resend(w.ctx, id); err != nil {
		t.Fatal(err)
	}
	if !w.otp.all()[1].GetDecoy() {
		t.Error("the owner was sent a code")
	}
}

func TestStepsOutOfOrder(t *testing.T) {
	w := start(t)
	id, token := w.verified()
	_, err := w.resend(w.ctx, id)
	wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
	_, err = w.verify(w.ctx, id, rightCode)
	wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
	if _, err := w.complete(w.ctx, id, token, password); err != nil {
		t.Fatal(err)
	}
	_, err = w.resend(w.ctx, id)
	wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
}

func TestWrongCodeIsOTPsRefusal(t *testing.T) {
	w := start(t)
	id := w.start(form()).GetId()
	_, err := w.verify(w.ctx, id, "000000")
	if e := wantReason(t, err, errorsv1.Reason_CODE_WRONG); attemptsLeft(e) != 4 {
		t.Errorf("%d attempts left, want 4", attemptsLeft(e))
	}
	_, err = w.verify(w.ctx, id, " - ")
	wantField(t, err, "code", errorsv1.Reason_FIELD_REQUIRED)
}

func TestBadLinksAreAllTheSame(t *testing.T) {
	w := start(t)
	id := w.start(byEmail()).GetId()
	verify := func(token string) error {
		_, err := w.reg.VerifyCode(w.ctx, &registrationv1.VerifyCodeRequest{RegistrationId: id, Token: token})
		return err
	}
	if e := wantReason(t, verify("another"), errorsv1.Reason_LINK_INVALID); len(e.Params) != 0 {
		t.Errorf("a link has no attempts: %v", e.Params)
	}
	w.otp.forget(id)
	wantReason(t, verify(linkToken), errorsv1.Reason_LINK_INVALID)
}

func TestVerifyIsRepeatable(t *testing.T) {
	for name, what := range map[string]fault{"before otp": away, "after otp": lost, "after everything": none} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			id := w.start(form()).GetId()
			ctx := testkit.WithKey(w.ctx, "verify-key")
			w.otp.set("VerifyCode", what)
			first, err := w.verify(ctx, id, rightCode)
			if what != none {
				wantReason(t, err, errorsv1.Reason_UNAVAILABLE)
			}
			w.restart()
			token, err := w.verify(ctx, id, rightCode)
			if err != nil || (what == none && token != first) {
				t.Fatalf("token %q after %q: %v", token, first, err)
			}
			if _, err := w.complete(w.ctx, id, token, password); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOnlyTheRightTokenCompletes(t *testing.T) {
	w := start(t)
	other, token := w.verified()
	id := w.start(byEmail()).GetId()
	for _, guess := range []string{"", "x", token} {
		_, err := w.complete(w.ctx, id, guess, password)
		wantReason(t, err, errorsv1.Reason_COMPLETION_TOKEN_INVALID)
	}
	_, err := w.complete(w.ctx, other, token+"x", password)
	wantReason(t, err, errorsv1.Reason_COMPLETION_TOKEN_INVALID)
	if n := len(w.account.all()); n != 0 {
		t.Errorf("%d accounts made", n)
	}
}

func TestWeakPasswordLosesNothing(t *testing.T) {
	w := start(t)
	id, token := w.verified()
	ctx := testkit.WithKey(w.ctx, "complete-key")
	_, err := w.complete(ctx, id, token, "weak")
	wantField(t, err, "password", errorsv1.Reason_PASSWORD_TOO_SHORT)
	if _, err := w.complete(ctx, id, token, password); err != nil {
		t.Error(err)
	}
}

func TestCompleteIsRepeatable(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		what   fault
	}{
		"before profile": {"PutCard", away}, "after profile": {"PutCard", lost},
		"before account": {"CreateAccount", away}, "after account": {"CreateAccount", lost}, "after everything": {},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			ended := testkit.Watch[eventsv1.RegistrationCompleted](w.Env)
			id, token := w.verified()
			w.profile.set(c.method, c.what)
			w.account.set(c.method, c.what)
			ctx := testkit.WithKey(w.ctx, "complete-key")
			_, err := w.complete(ctx, id, token, password)
			if c.what != none {
				wantReason(t, err, errorsv1.Reason_UNAVAILABLE)
			}
			w.restart()
			account, err := w.complete(ctx, id, token, password)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := w.complete(w.ctx, id, token, password); err != nil || again != account {
				t.Errorf("without the key: %q, %v", again, err)
			}
			_, err = w.complete(ctx, id, token, password+"2")
			wantReason(t, err, errorsv1.Reason_REGISTRATION_WRONG_STATE)
			if n := len(w.account.all()); n != 1 {
				t.Errorf("%d accounts, want one", n)
			}
			if n := len(ended.Wait(1)); n != 1 {
				t.Errorf("%d events, want one", n)
			}
		})
	}
}

func TestParallelCompletionsAreOne(t *testing.T) {
	for name, key := range map[string]string{"repeats of a request": "complete-key", "requests without a key": ""} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			ended := testkit.Watch[eventsv1.RegistrationCompleted](w.Env)
			id, token := w.verified()
			ctx := testkit.WithKey(w.ctx, key)
			n := twenty(t, func() (string, error) { return w.complete(ctx, id, token, password) })
			if n != 1 || len(w.account.all()) != 1 || len(ended.Wait(1)) != 1 {
				t.Errorf("%d answers, %d accounts, %d events, want one each", n, len(w.account.all()), len(ended.All()))
			}
		})
	}
}

func TestAccountsEventEndsAnInterruptedSignUp(t *testing.T) {
	w := start(t)
	ended := testkit.Watch[eventsv1.RegistrationCompleted](w.Env)
	id, token := w.verified()
	w.account.set("CreateAccount", lost)
	_, err := w.complete(w.ctx, id, token, password)
	wantReason(t, err, errorsv1.Reason_UNAVAILABLE)
	account := w.account.all()[0].GetAccountId()
	for _, made := range []string{"0192d5a0-0000-7000-8000-000000000000", account, account} {
		w.Publish("account", "registration", made, &accounteventsv1.AccountCreated{AccountId: made})
	}
	if got := ended.Wait(1); got[0].GetRegistrationId() != id {
		t.Errorf("completed %v", got)
	}
	if got := w.get(id).GetState(); got != registrationv1.State_COMPLETED {
		t.Errorf("state %s", got)
	}
	if n := w.count(`SELECT count(*) FROM registration.dead_letters`); n != 0 {
		t.Errorf("%d events are dead letters", n)
	}
}

func TestContactClaimedMeanwhile(t *testing.T) {
	w := start(t)
	failed := testkit.Watch[eventsv1.RegistrationFailed](w.Env)
	id, token := w.verified()
	w.account.own(phone, "somebody")
	_, err := w.complete(w.ctx, id, token, password)
	wantReason(t, err, errorsv1.Reason_CONTACT_TAKEN)
	if got := failed.Wait(1)[0]; got.GetRegistrationId() != id || w.profile.of(got.GetAccountId()) == nil {
		t.Errorf("failed %v", got)
	}
	_, err = w.complete(w.ctx, id, token, password)
	wantReason(t, err, errorsv1.Reason_REGISTRATION_EXPIRED)
	if r := w.get(id); r.GetState() != registrationv1.State_EXPIRED || r.GetDestination() != "" || r.ExpireTime != nil {
		t.Errorf("afterwards %v", r)
	}
}

func TestUnfinishedSignUpExpiresAfter72Hours(t *testing.T) {
	w := start(t)
	expired := testkit.Watch[eventsv1.RegistrationExpired](w.Env)
	id, token := w.verified()
	sent := w.start(byEmail()).GetId()
	w.Clock.Advance(72*time.Hour - time.Second)
	if got := w.get(sent).GetState(); got != registrationv1.State_CODE_SENT {
		t.Errorf("a second early: %s", got)
	}
	w.Clock.Advance(time.Second)
	_, err := w.resend(w.ctx, sent)
	wantReason(t, err, errorsv1.Reason_REGISTRATION_EXPIRED)
	_, err = w.verify(w.ctx, sent, rightCode)
	wantReason(t, err, errorsv1.Reason_REGISTRATION_EXPIRED)
	_, err = w.complete(w.ctx, id, token, password)
	wantReason(t, err, errorsv1.Reason_REGISTRATION_EXPIRED)
	w.restart()
	if got := expired.Wait(2); got[0].GetAccountId() == "" {
		t.Errorf("expired %v", got)
	}
	if n := w.count(`SELECT count(*) FROM registration.registrations WHERE card IS NOT NULL OR state <> 'EXPIRED'`); n != 0 {
		t.Errorf("%d are left", n)
	}
	_, err = w.complete(w.ctx, id, token, password)
	wantReason(t, err, errorsv1.Reason_REGISTRATION_EXPIRED)
	w.Clock.Advance(30 * 24 * time.Hour)
	w.restart()
	testkit.Eventually(t, "the ended are forgotten", func() bool {
		return w.count(`SELECT count(*) FROM registration.registrations`) == 0
	})
}

func TestPurgeWaitsForAnAccountBeingMade(t *testing.T) {
	w := start(t)
	id, token := w.verified()
	w.Clock.Advance(72*time.Hour - time.Second)
	w.account.set("CreateAccount", lost)
	_, err := w.complete(w.ctx, id, token, password)
	wantReason(t, err, errorsv1.Reason_UNAVAILABLE)
	w.Clock.Advance(59 * time.Minute)
	w.restart()
	testkit.Eventually(t, "a purge after the restart", func() bool {
		return w.count(`SELECT count(*) FROM registration.river_job
			WHERE kind = 'purge' AND state = 'completed' AND created_at >= $1`, w.Clock.Now()) > 0
	})
	if _, err := w.complete(w.ctx, id, token, password); err != nil {
		t.Error(err)
	}
}

func TestUnknownIdsAreRefusedAlike(t *testing.T) {
	w := start(t)
	for _, id := range []string{"", "x", strings.Repeat("0", 32)} {
		_, err := w.reg.GetRegistration(w.ctx, &registrationv1.GetRegistrationRequest{RegistrationId: id})
		wantReason(t, err, errorsv1.Reason_REGISTRATION_NOT_FOUND)
		_, err = w.resend(w.ctx, id)
		wantReason(t, err, errorsv1.Reason_REGISTRATION_NOT_FOUND)
		_, err = w.verify(w.ctx, id, rightCode)
		wantReason(t, err, errorsv1.Reason_REGISTRATION_NOT_FOUND)
		_, err = w.complete(w.ctx, id, "token", password)
		wantReason(t, err, errorsv1.Reason_REGISTRATION_NOT_FOUND)
	}
}

func TestOnlyTheGatewayMayCall(t *testing.T) {
	w := start(t)
	for _, service := range []string{"otp", "account", "sandbox"} {
		w.dial(service)
		_, err := w.reg.StartRegistration(w.ctx, form())
		wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
		_, err = w.reg.GetRegistration(w.ctx, &registrationv1.GetRegistrationRequest{})
		wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
		_, err = w.resend(w.ctx, "x")
		wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
		_, err = w.verify(w.ctx, "x", rightCode)
		wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
		_, err = w.complete(w.ctx, "x", "x", password)
		wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	}
}

func TestNothingSecretIsKeptInTheOpen(t *testing.T) {
	w := start(t)
	w.ctx = testkit.WithKey(w.ctx, "canary-key")
	f := byEmail()
	f.Channel = registrationv1.Channel_SMS
	id := w.start(f).GetId()
	token, err := w.verify(w.ctx, id, rightCode)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.complete(w.ctx, id, token, "weak-7")
	var rows string
	err = w.Pool().QueryRow(w.ctx, `SELECT concat(
		(SELECT string_agg(r::text, ' ') FROM registration.registrations r),
		(SELECT string_agg(a::text, ' ') FROM registration.idempotency_keys a),
		(SELECT string_agg(o::text, ' ') FROM registration.outbox o),
		(SELECT string_agg(j::text, ' ') FROM registration.river_job j))`).Scan(&rows)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(rows, id) {
		t.Fatal("the dump is empty")
	}
	for _, canary := range []string{"Канарейкина", "9001234567", "Anna", "anna@example", rightCode, token, "weak-7"} {
		if strings.Contains(rows, canary) {
			t.Errorf("a table holds %s", canary)
		}
		if strings.Contains(w.Logs(), canary) {
			t.Errorf("the log holds %s", canary)
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
