package account_test

import (
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
)

// Whoever tries to sign in without the password learns nothing of whether there is such an account, nor of what protects it: not from
// an answer, nor from what is done for it.
func TestSignInOfKnownAndUnknownIsAlike(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)))
	t.Cleanup(func() { otel.SetTracerProvider(before) })
	w := start(t)
	const bare, guarded, nobody = "+79001234560", "+79001234561", "+79009999999"
	w.create(bare)
	w.create(guarded)
	w.withTOTP(guarded)
	want := w.walkWithoutPassword(spans, nobody)
	if len(want.statements) < 5 || want.hashes != 2 || want.sends != 0 {
		t.Fatalf("not all is seen: %+v", want)
	}
	for name, login := range map[string]string{"without a second factor": bare, "with one": guarded} {
		got := w.walkWithoutPassword(spans, login)
		if got.answers != want.answers {
			t.Errorf("%s: answered\n%s\nwhere nobody is answered\n%s", name, got.answers, want.answers)
		}
		if got.hashes != want.hashes || got.sends != want.sends {
			t.Errorf("%s: %d hashes and %d sends, %d and %d for nobody", name, got.hashes, got.sends, want.hashes, want.sends)
		}
		if !slices.Equal(got.statements, want.statements) {
			t.Errorf("%s: statements\n%v\nfor nobody\n%v", name, got.statements, want.statements)
		}
	}
}

// course is what a caller sees, and what is done.
type course struct {
	answers       string
	statements    []string
	hashes, sends int
}

// walkWithoutPassword tries all steps of a sign-in that can be tried without the password.
func (w *world) walkWithoutPassword(spans *tracetest.SpanRecorder, login string) course {
	w.t.Helper()
	var answers []string
	say := func(s *accountv1.Session, err error) string {
		if e, ok := errs.As(err); ok {
			answers = append(answers, e.Reason.String())
		}
		token := s.GetSignInToken()
		if s != nil {
			s.SignInToken, s.ExpireTime = "", nil
			for _, step := range s.GetSteps() {
				step.Options = nil
			}
			answers = append(answers, s.String())
		}
		return token
	}
	hashes, sends := w.hashed(), w.otp.count
	ran := statements(spans, func() {
		say(w.signIn(login, "Wrong-1-password"))
		token := say(w.signIn(login, ""))
		say(w.completeIn(w.ctx, &accountv1.CompleteStepRequest{SignInToken: token, StepId: "PASSWORD", Password: "Wrong-1-password"}))
		say(w.complete(token, "TOTP", "000000"))
		_, err := w.signIns.SendStepCode(w.ctx, &accountv1.SendStepCodeRequest{SignInToken: token, StepId: "SMS_CODE"})
		say(nil, err)
	})
	return course{strings.Join(answers, "\n"), ran, w.hashed() - hashes, w.otp.count - sends}
}
