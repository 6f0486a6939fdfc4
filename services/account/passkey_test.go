package account_test

import (
	"slices"
	"testing"

	"github.com/descope/virtualwebauthn"
	"github.com/google/uuid"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// device is a person's device with a passkey.
type device struct {
	w    *world
	site virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func (w *world) device(accountID string) *device {
	w.t.Helper()
	id, err := uuid.Parse(accountID)
	if err != nil {
		w.t.Fatal(err)
	}
	return &device{
		w: w, site: virtualwebauthn.RelyingParty{Name: "Propusk", ID: "localhost", Origin: "http://localhost:8080"},
		auth: virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: id[:]}),
		key:  newKey(),
	}
}

// wholeKey is how long a public key is in COSE: two coordinates of 32 bytes, and 13 around them.
const wholeKey = 77

// newKey makes a credential. The library drops the leading zeros of a coordinate, which RFC 9053 §7.1.1 forbids: one key of 128.
func newKey() virtualwebauthn.Credential {
	for {
		c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		if len(c.Key.AttestationData()) == wholeKey {
			return c
		}
	}
}

func (d *device) json(options *structpb.Struct) string {
	d.w.t.Helper()
	text, err := protojson.Marshal(options)
	if err != nil {
		d.w.t.Fatal(err)
	}
	return string(text)
}

func (d *device) object(text string) *structpb.Struct {
	d.w.t.Helper()
	out := &structpb.Struct{}
	if err := protojson.Unmarshal([]byte(text), out); err != nil {
		d.w.t.Fatal(err)
	}
	return out
}

// create is what the browser answers to the options of a new passkey.
func (d *device) create(options *structpb.Struct) *structpb.Struct {
	d.w.t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(d.json(options))
	if err != nil {
		d.w.t.Fatal(err)
	}
	return d.object(virtualwebauthn.CreateAttestationResponse(d.site, d.auth, d.key, *o))
}

// get is what the browser answers to the options of a step.
func (d *device) get(options *structpb.Struct) *structpb.Struct {
	d.w.t.Helper()
	d.key.Counter++
	o, err := virtualwebauthn.ParseAssertionOptions(d.json(options))
	if err != nil {
		d.w.t.Fatal(err)
	}
	return d.object(virtualwebauthn.CreateAssertionResponse(d.site, d.auth, d.key, *o))
}

// withPasskey binds a passkey to the account of the session.
func (w *world) withPasskey(s *accountv1.Session) *device {
	w.t.Helper()
	f, err := w.enrol(s, accountv1.StepKind_PASSKEY)
	if err != nil {
		w.t.Fatal(err)
	}
	d := w.device(s.GetAccountId())
	if _, err := w.activatePasskey(s, f.GetId(), d.create(f.GetOptions())); err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) activatePasskey(s *accountv1.Session, id string, c *structpb.Struct) (*accountv1.SecondFactor, error) {
	return w.factors.ActivateSecondFactor(w.in(s), &accountv1.ActivateSecondFactorRequest{
		AccountId: s.GetAccountId(), FactorId: id, Credential: c,
	})
}

func (w *world) beginPasskey() *accountv1.BeginPasskeyResponse {
	w.t.Helper()
	begun, err := w.signIns.BeginPasskey(w.ctx, &accountv1.BeginPasskeyRequest{})
	if err != nil {
		w.t.Fatal(err)
	}
	return begun
}

// show completes the step with a credential.
func (w *world) show(token string, c *structpb.Struct) (*accountv1.Session, error) {
	return w.completeIn(w.ctx, &accountv1.CompleteStepRequest{SignInToken: token, StepId: "PASSKEY", Credential: c})
}

func stepOf(t *testing.T, s *accountv1.Session, kind accountv1.StepKind) *accountv1.Step {
	t.Helper()
	for _, step := range s.GetSteps() {
		if step.GetKind() == kind {
			return step
		}
	}
	t.Fatalf("no step %s in %v", kind, s)
	return nil
}

func TestPasskeyAlone(t *testing.T) {
	w := start(t)
	a := w.create(phone)
	d := w.withPasskey(w.mustSignIn(phone))
	begun := w.beginPasskey()
	s, err := w.show(begun.GetSignInToken(), d.get(begun.GetOptions()))
	if err != nil {
		t.Fatal(err)
	}
	if s.GetAccountId() != a.GetAccountId() || s.GetAssurance() != accountv1.Assurance_PHISHING_RESISTANT ||
		!slices.Equal(s.GetAmr(), []string{"hwk", "user", "mfa"}) || s.GetProofTime() == nil {
		t.Errorf("%v", s)
	}
	list := w.listFactors(s)
	if list[0].GetKind() != accountv1.StepKind_PASSKEY || list[0].GetLastUseTime() == nil || list[0].GetOptions() != nil {
		t.Errorf("%v", list)
	}
	if _, err := w.resolve(s.GetToken()); err != nil {
		t.Error(err)
	}
}

func TestPasskeyIsAStep(t *testing.T) {
	w := start(t)
	w.create(phone)
	first := w.mustSignIn(phone)
	d := w.withPasskey(first)
	d.auth.Options.BackupEligible, d.auth.Options.BackupState = false, false
	half := w.half(phone)
	step := stepOf(t, half, accountv1.StepKind_PASSKEY)
	if step.GetOptions().GetFields()["allowCredentials"].GetListValue() != nil {
		t.Errorf("the options name passkeys: %v", step)
	}
	s, err := w.show(half.GetSignInToken(), d.get(step.GetOptions()))
	if err != nil || !slices.Equal(s.GetAmr(), []string{"pwd", "hwk", "user", "mfa"}) {
		t.Fatalf("%v, %v", s, err)
	}
	// In the place of the password.
	other, err := w.signIn(phone, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.show(other.GetSignInToken(), d.get(stepOf(t, other, accountv1.StepKind_PASSKEY).GetOptions())); err != nil {
		t.Error(err)
	}
}

func TestSeveralPasskeysAndTheirLimit(t *testing.T) {
	w := startWith(t, map[string]string{"PROPUSK_ACCOUNT_PASSKEYS": "2"})
	w.create(phone)
	s := w.mustSignIn(phone)
	first := w.withPasskey(s)
	second, err := w.enrol(s, accountv1.StepKind_PASSKEY)
	if err != nil {
		t.Fatal(err)
	}
	o, err := virtualwebauthn.ParseAttestationOptions(first.json(second.GetOptions()))
	if err != nil || !first.key.IsExcludedForAttestation(*o) {
		t.Errorf("a device could make a second passkey: %v, %v", o, err)
	}
	// The browser made one, and the answer was lost: nothing is left of it when another is made.
	again := w.withPasskey(s)
	if n := len(w.listFactors(s)); n != 3 {
		t.Errorf("%d factors, want two passkeys and the backup codes", n)
	}
	_, err = w.enrol(s, accountv1.StepKind_PASSKEY)
	wantReason(t, err, errorsv1.Reason_FACTOR_LIMIT)
	for _, d := range []*device{first, again} {
		begun := w.beginPasskey()
		if _, err := w.show(begun.GetSignInToken(), d.get(begun.GetOptions())); err != nil {
			t.Error(err)
		}
	}
}

func TestForeignPasskeysAreRefused(t *testing.T) {
	w := start(t)
	w.create(phone)
	w.create("+79001234568")
	mine := w.withPasskey(w.mustSignIn(phone))
	theirs := w.withPasskey(w.mustSignIn("+79001234568"))
	refused := func(name, token string, c *structpb.Struct) {
		t.Helper()
		s, err := w.show(token, c)
		if err == nil {
			t.Errorf("%s: %v", name, s)
			return
		}
		wantReason(t, err, errorsv1.Reason_CREDENTIAL_REFUSED)
	}
	options := func(login string) (string, *structpb.Struct) {
		t.Helper()
		s, err := w.signIn(login, "")
		if err != nil {
			t.Fatal(err)
		}
		return s.GetSignInToken(), stepOf(t, s, accountv1.StepKind_PASSKEY).GetOptions()
	}
	token, o := options(phone)
	refused("another person's", token, theirs.get(o))
	token, o = options("+79007654321")
	refused("for nobody's login", token, theirs.get(o))
	begun := w.beginPasskey()
	other := w.beginPasskey()
	refused("of another challenge", begun.GetSignInToken(), mine.get(other.GetOptions()))
	unknown := w.device(uuid.NewString())
	refused("that nobody has bound", begun.GetSignInToken(), unknown.get(begun.GetOptions()))
	for name, change := range map[string]func(d *device){
		"of another origin":       func(d *device) { d.site.Origin = "http://localhost.evil.example:8080" },
		"of another site":         func(d *device) { d.site.ID = "evil.example" },
		"not unlocked":            func(d *device) { d.auth.Options.UserNotVerified = true },
		"of nobody there":         func(d *device) { d.auth.Options.UserNotPresent = true },
		"of another account's id": func(d *device) { d.auth.Options.UserHandle = theirs.auth.Options.UserHandle },
		"that was copied":         func(d *device) { d.key.Counter = 0 },
		"of another key":          func(d *device) { d.key.Key = theirs.key.Key },
	} {
		first := w.beginPasskey()
		if _, err := w.show(first.GetSignInToken(), mine.get(first.GetOptions())); err != nil {
			t.Fatal(err)
		}
		d := *mine
		change(&d)
		begun := w.beginPasskey()
		refused(name, begun.GetSignInToken(), d.get(begun.GetOptions()))
	}
	_, err := w.show(begun.GetSignInToken(), nil)
	wantField(t, err, "credential", errorsv1.Reason_FIELD_REQUIRED)
}

func TestANewPasskeyOfAnotherSiteIsRefused(t *testing.T) {
	w := start(t)
	w.create(phone)
	s := w.mustSignIn(phone)
	f, err := w.enrol(s, accountv1.StepKind_PASSKEY)
	if err != nil {
		t.Fatal(err)
	}
	d := w.device(s.GetAccountId())
	d.site.Origin = "https://evil.example"
	_, err = w.activatePasskey(s, f.GetId(), d.create(f.GetOptions()))
	wantReason(t, err, errorsv1.Reason_CREDENTIAL_REFUSED)
	d.site.Origin = "http://localhost:8080"
	d.auth.Options.UserNotVerified = true
	_, err = w.activatePasskey(s, f.GetId(), d.create(f.GetOptions()))
	wantReason(t, err, errorsv1.Reason_CREDENTIAL_REFUSED)
	d.auth.Options.UserNotVerified = false
	if _, err = w.activatePasskey(s, f.GetId(), d.create(f.GetOptions())); err != nil {
		t.Error(err)
	}
}
