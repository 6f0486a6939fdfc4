package account_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

func TestPasswordsAreJudgedAndMade(t *testing.T) {
	w := start(t)
	weak, err := w.gateway.CheckPassword(w.ctx, &accountv1.CheckPasswordRequest{
		Password: "ivanov", Context: []string{"Иванов"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var broken []string
	for _, v := range weak.GetViolations() {
		broken = append(broken, v.GetCode())
	}
	want := "PASSWORD_TOO_SHORT PASSWORD_NEEDS_UPPER PASSWORD_NEEDS_DIGIT PASSWORD_NEEDS_PUNCTUATION " +
		"PASSWORD_COMMON PASSWORD_PERSONAL"
	if weak.GetAcceptable() || weak.GetScore() != 0 || strings.Join(broken, " ") != want || weak.GetViolations()[0].GetLimit() != 8 {
		t.Errorf("a weak password: %v", weak)
	}
	made, err := w.gateway.GeneratePassword(w.ctx, &accountv1.GeneratePasswordRequest{})
	if err != nil {
		t.Fatal(err)
	}
	good, err := w.gateway.CheckPassword(w.ctx, &accountv1.CheckPasswordRequest{Password: made.GetPassword()})
	if err != nil || !good.GetAcceptable() || good.GetScore() != 4 || len(good.GetViolations()) != 0 {
		t.Errorf("a made password: %v, %v", good, err)
	}
}

func TestAccountIsMade(t *testing.T) {
	w := start(t)
	created := testkit.Watch[eventsv1.AccountCreated](w.Env)
	a := w.create(phone)
	if a.GetLevel() != accountv1.Level_SIMPLIFIED || a.GetLanguage() != "ru" || a.GetOid() < 1_000_000_000 ||
		a.GetSnapshotId() != "" || a.GetConfirmation() != nil {
		t.Errorf("%v", a)
	}
	timeIs(t, "create time", a.GetCreateTime().AsTime(), w.Clock.Now())
	if e := created.Wait(1)[0]; e.GetAccountId() != a.GetAccountId() || e.GetOid() != a.GetOid() {
		t.Errorf("event %v", e)
	}
	shown, err := w.gateway.GetAccount(w.ctx, &accountv1.GetAccountRequest{AccountId: a.GetAccountId()})
	if err != nil || shown.String() != a.String() {
		t.Errorf("shown as %v, %v", shown, err)
	}
	contacts, err := w.as("notification").GetContacts(w.ctx, &accountv1.GetContactsRequest{AccountId: a.GetAccountId()})
	if err != nil || contacts.GetPhone() != phone || contacts.GetEmail() != "" || contacts.GetLanguage() != "ru" {
		t.Errorf("contacts %v, %v", contacts, err)
	}
	if b := w.create("+79001234568"); b.GetOid() == a.GetOid() {
		t.Error("two accounts have one number")
	}
}

func TestEmailIsKeptAsWrittenAndFoundInAnyCase(t *testing.T) {
	w := start(t)
	a, err := w.as("registration").CreateAccount(w.ctx, &accountv1.CreateAccountRequest{
		AccountId: uuid.NewString(), Email: "Petr@Example.RU", Password: password, Language: "en",
	})
	if err != nil {
		t.Fatal(err)
	}
	contacts, err := w.as("confirmation").GetContacts(w.ctx, &accountv1.GetContactsRequest{AccountId: a.GetAccountId()})
	if err != nil || contacts.GetEmail() != "Petr@example.ru" || contacts.GetLanguage() != "en" {
		t.Errorf("contacts %v, %v", contacts, err)
	}
	if s := w.mustSignIn("PETR@example.ru"); s.GetAccountId() != a.GetAccountId() {
		t.Errorf("signed in as %s", s.GetAccountId())
	}
	taken, err := w.as("registration").LookupContact(w.ctx, &accountv1.LookupContactRequest{Email: "petr@EXAMPLE.ru"})
	if err != nil || !taken.GetTaken() {
		t.Errorf("%v, %v", taken, err)
	}
}

func TestUnknownAccount(t *testing.T) {
	w := start(t)
	_, err := w.gateway.GetAccount(w.ctx, &accountv1.GetAccountRequest{AccountId: uuid.NewString()})
	wantReason(t, err, errorsv1.Reason_ACCOUNT_NOT_FOUND)
	_, err = w.as("oidc").GetContacts(w.ctx, &accountv1.GetContactsRequest{AccountId: uuid.NewString()})
	wantReason(t, err, errorsv1.Reason_ACCOUNT_NOT_FOUND)
	_, err = w.gateway.GetAccount(w.ctx, &accountv1.GetAccountRequest{AccountId: "me"})
	wantReason(t, err, errorsv1.Reason_NOT_FOUND)
}

func TestBadAccountsAreRefused(t *testing.T) {
	w := start(t)
	create := func(r *accountv1.CreateAccountRequest) error {
		r.AccountId = uuid.NewString()
		_, err := w.as("registration").CreateAccount(w.ctx, r)
		return err
	}
	err := create(&accountv1.CreateAccountRequest{Phone: phone, Password: "petr", PasswordContext: []string{"Пётр"}})
	e := wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
	if len(e.Fields) != 6 || e.Params["min"] != "8" {
		t.Errorf("a weak password: %v, %v", e.Fields, e.Params)
	}
	wantField(t, err, "password", errorsv1.Reason_PASSWORD_TOO_SHORT)
	wantField(t, create(&accountv1.CreateAccountRequest{Phone: phone, Password: "Tel-9001234567"}),
		"password", errorsv1.Reason_PASSWORD_PERSONAL)
	wantField(t, create(&accountv1.CreateAccountRequest{Phone: phone, Password: strings.Repeat("Ab1!", 33)}),
		"password", errorsv1.Reason_PASSWORD_TOO_LONG)
	wantField(t, create(&accountv1.CreateAccountRequest{Phone: "12", Password: password}),
		"phone", errorsv1.Reason_FIELD_MALFORMED)
	wantField(t, create(&accountv1.CreateAccountRequest{Password: password}), "phone", errorsv1.Reason_CONTACT_REQUIRED)
	wantField(t, create(&accountv1.CreateAccountRequest{Phone: phone, Email: "i@example.ru", Password: password}),
		"phone", errorsv1.Reason_CONTACT_REQUIRED)
	if n := w.hashed(); n != 0 {
		t.Errorf("%d passwords were hashed for nothing", n)
	}
}

func TestSameAccountTwice(t *testing.T) {
	w := start(t)
	created := testkit.Watch[eventsv1.AccountCreated](w.Env)
	r := &accountv1.CreateAccountRequest{AccountId: uuid.NewString(), Phone: phone, Password: password}
	registration := w.as("registration")
	answers := make([]*accountv1.Account, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			var err error
			if answers[i], err = registration.CreateAccount(w.ctx, r); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, a := range answers {
		if a.String() != answers[0].String() {
			t.Errorf("answered %v and %v", answers[0], a)
		}
	}
	if created.Wait(1); len(created.All()) != 1 {
		t.Errorf("%d events", len(created.All()))
	}
}

// A repeated call says nothing about a password that is not the account's but that; so does one that a twin was faster than.
func TestSameAccountWithAnotherPasswordIsRefused(t *testing.T) {
	w := start(t)
	id := uuid.NewString()
	var accepted atomic.Int32
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			_, err := w.as("registration").CreateAccount(w.ctx, &accountv1.CreateAccountRequest{
				AccountId: id, Phone: phone, Password: fmt.Sprint(password, i),
			})
			if err == nil {
				accepted.Add(1)
			} else if !errs.Is(err, errorsv1.Reason_SIGN_IN_FAILED) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if accepted.Load() != 1 {
		t.Errorf("%d passwords were accepted, want one", accepted.Load())
	}
	_, err := w.as("registration").CreateAccount(w.ctx, &accountv1.CreateAccountRequest{AccountId: id, Phone: phone})
	wantReason(t, err, errorsv1.Reason_SIGN_IN_FAILED)
}

// Who has just made an account is signed in with the same password: that costs one hash, not two.
func TestTheFirstSignInCostsNoSecondHash(t *testing.T) {
	w := start(t)
	before := w.hashed()
	w.create(phone)
	w.mustSignIn(phone)
	if n := w.hashed() - before; n != 1 {
		t.Errorf("%d hashes, want one", n)
	}
	w.mustSignIn(phone)
	if n := w.hashed() - before; n != 2 {
		t.Errorf("%d hashes with the second sign-in, want two", n)
	}
}

func TestALoginIsReadWithoutWhatNobodySees(t *testing.T) {
	w := start(t)
	w.create(phone)
	for _, login := range []string{"\u2066" + phone + "\u2069", "8\u2009900\u202f123-45\u200b-67", phone[:5] + "\ufeff" + phone[5:] + "\u00a0"} {
		w.mustSignIn(login)
	}
}

// A concurrent call may create the account after this one has looked for it and before it asks whose the contact is.
func TestAccountMadeByATwinMeanwhileIsAnswered(t *testing.T) {
	w := start(t)
	a := w.create(phone)
	putBack := w.hide(a.GetAccountId())
	answer := make(chan error, 1)
	go func() {
		got, err := w.as("registration").CreateAccount(w.ctx, &accountv1.CreateAccountRequest{
			AccountId: a.GetAccountId(), Phone: phone, Password: password,
		})
		if err == nil && got.String() != a.String() {
			err = fmt.Errorf("answered %v, want %v", got, a)
		}
		answer <- err
	}()
	testkit.Eventually(t, "the request to wait for the identifiers", func() bool {
		var n int
		err := w.Pool().QueryRow(w.ctx, `SELECT count(*) FROM pg_locks
			WHERE relation = 'account.identifiers'::regclass AND NOT granted`).Scan(&n)
		return err == nil && n > 0
	})
	putBack()
	if err := <-answer; err != nil {
		t.Error(err)
	}
}

func TestContactIsOnePersons(t *testing.T) {
	w := start(t)
	registration := w.as("registration")
	lookup := func() bool {
		r, err := registration.LookupContact(w.ctx, &accountv1.LookupContactRequest{Phone: "8 (900) 123-45-67"})
		if err != nil {
			t.Fatal(err)
		}
		return r.GetTaken()
	}
	if lookup() {
		t.Error("taken before anybody has it")
	}
	var won atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := registration.CreateAccount(w.ctx, &accountv1.CreateAccountRequest{
				AccountId: secret.NewID().String(), Phone: phone, Password: password,
			})
			switch {
			case err == nil:
				won.Add(1)
			case !errs.Is(err, errorsv1.Reason_CONTACT_TAKEN):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || !lookup() {
		t.Errorf("%d accounts have the phone", won.Load())
	}
	_, err := registration.LookupContact(w.ctx, &accountv1.LookupContactRequest{})
	wantField(t, err, "phone", errorsv1.Reason_CONTACT_REQUIRED)
}

func TestOtherSpellingsOfAPasswordAreTheSame(t *testing.T) {
	w := startWith(t, map[string]string{"PROPUSK_ACCOUNT_PASSWORD_POLICY": "nist"})
	composed, decomposed := "жёлтый пароль навсегда", "же\u0308лтыи\u0306 пароль навсегда"
	_, err := w.as("registration").CreateAccount(w.ctx, &accountv1.CreateAccountRequest{
		AccountId: uuid.NewString(), Phone: phone, Password: decomposed,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, spelling := range []string{composed, decomposed} {
		if _, err := w.signIn(phone, spelling); err != nil {
			t.Error(err)
		}
	}
}

func TestOnlyNamedServicesMayCall(t *testing.T) {
	w := start(t)
	a := w.create(phone)
	s, renewed := w.mustSignIn(phone), w.mustSignIn(phone)
	calls := map[string]struct {
		allowed string
		call    func(c accountv1.AccountServiceClient) error
	}{
		"CheckPassword": {"gateway", func(c accountv1.AccountServiceClient) error {
			_, err := c.CheckPassword(w.ctx, &accountv1.CheckPasswordRequest{})
			return err
		}},
		"GeneratePassword": {"gateway", func(c accountv1.AccountServiceClient) error {
			_, err := c.GeneratePassword(w.ctx, &accountv1.GeneratePasswordRequest{})
			return err
		}},
		"CreateSession": {"gateway", func(c accountv1.AccountServiceClient) error {
			_, err := c.CreateSession(w.ctx, &accountv1.CreateSessionRequest{Login: phone, Password: password})
			return err
		}},
		"ResolveSession": {"gateway", func(c accountv1.AccountServiceClient) error {
			_, err := c.ResolveSession(w.ctx, &accountv1.ResolveSessionRequest{Token: s.GetToken()})
			return err
		}},
		"GetSession": {"oidc", func(c accountv1.AccountServiceClient) error {
			_, err := c.GetSession(w.ctx, &accountv1.GetSessionRequest{SessionId: s.GetId()})
			return err
		}},
		"Reauthenticate": {"gateway", func(c accountv1.AccountServiceClient) error {
			_, err := c.Reauthenticate(w.in(renewed), &accountv1.ReauthenticateRequest{
				AccountId: a.GetAccountId(), SessionId: renewed.GetId(), Password: password,
			})
			return err
		}},
		"DeleteSession": {"gateway", func(c accountv1.AccountServiceClient) error {
			_, err := c.DeleteSession(w.in(s), &accountv1.DeleteSessionRequest{
				AccountId: a.GetAccountId(), SessionId: uuid.NewString(),
			})
			return err
		}},
		"GetAccount": {"gateway confirmation profile", func(c accountv1.AccountServiceClient) error {
			_, err := c.GetAccount(w.ctx, &accountv1.GetAccountRequest{AccountId: a.GetAccountId()})
			return err
		}},
		"GetContacts": {"gateway notification confirmation oidc", func(c accountv1.AccountServiceClient) error {
			_, err := c.GetContacts(w.ctx, &accountv1.GetContactsRequest{AccountId: a.GetAccountId()})
			return err
		}},
		"LookupContact": {"registration", func(c accountv1.AccountServiceClient) error {
			_, err := c.LookupContact(w.ctx, &accountv1.LookupContactRequest{Phone: phone})
			return err
		}},
		"CreateAccount": {"registration", func(c accountv1.AccountServiceClient) error {
			_, err := c.CreateAccount(w.ctx, &accountv1.CreateAccountRequest{AccountId: a.GetAccountId(), Password: password})
			return err
		}},
		"ApplyEvidence": {"verification", func(c accountv1.AccountServiceClient) error {
			r := standard(a.GetAccountId(), 1)
			r.EvidenceId, r.SnapshotId = a.GetAccountId(), a.GetAccountId()
			_, err := c.ApplyEvidence(w.ctx, r)
			return err
		}},
	}
	for _, service := range []string{
		"gateway", "registration", "otp", "profile", "verification", "registry", "confirmation", "notification", "oidc",
		"audit", "sandbox",
	} {
		client := w.as(service)
		for method, c := range calls {
			err := c.call(client)
			if strings.Contains(" "+c.allowed+" ", " "+service+" ") {
				if err != nil {
					t.Errorf("%s from %s: %v", method, service, err)
				}
			} else if !errs.Is(err, errorsv1.Reason_PERMISSION_DENIED) {
				t.Errorf("%s from %s: %v", method, service, err)
			}
		}
	}
}

func TestNothingSecretIsKeptInTheOpen(t *testing.T) {
	w := start(t)
	a := w.create(phone)
	s, err := w.signInFrom(testkit.WithKey(w.ctx, "sign-in-key-1"), phone, password)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.signIn(phone, "Canary-password-1")
	_, _ = w.signIn("canary@example.ru", password)
	w.mustApply(standard(a.GetAccountId(), 1))
	snils, passport := person(1)
	rows, err := w.Pool().Query(w.ctx, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'account'`)
	if err != nil {
		t.Fatal(err)
	}
	dump := strings.Builder{}
	tables := []string{}
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table)
	}
	for _, table := range tables {
		var text *string
		if err := w.Pool().QueryRow(w.ctx, `SELECT string_agg(t::text, E'\n') FROM account.`+table+` t`).Scan(&text); err != nil {
			t.Fatal(err)
		}
		if text != nil {
			dump.WriteString(*text)
		}
	}
	if !strings.Contains(dump.String(), a.GetAccountId()) {
		t.Fatal("the dump holds nothing")
	}
	places := map[string]string{"the log": w.Logs(), "a table": dump.String()}
	for _, secret := range []string{
		phone, phone[1:], "canary@example.ru", "Canary-password-1", password, "$argon2id", snils, passport, s.GetToken(), home,
	} {
		for place, text := range places {
			if strings.Contains(text, secret) || strings.Contains(text, hex.EncodeToString([]byte(secret))) {
				t.Errorf("%s holds %s", place, secret)
			}
		}
	}
}
