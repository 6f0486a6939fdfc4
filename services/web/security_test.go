package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

const rightCode = "123456"

// locks plays what opens one person's account: a phone, and one email address that may be on its way.
type locks struct {
	*citizen
	accountv1.UnimplementedContactServiceServer
	accountv1.UnimplementedContactClaimServiceServer
	accountv1.UnimplementedSecondFactorServiceServer
	accountv1.UnimplementedControlQuestionServiceServer
	accountv1.UnimplementedTrustedContactServiceServer
	accountv1.UnimplementedSignInServiceServer

	question, answer string
	trusted          *accountv1.TrustedContact
	principal        *accountv1.Principal
	// asked: a step-up with the trusted contact's code was begun.
	asked bool

	mu        sync.Mutex
	email     *accountv1.Contact
	kept      []string
	cancelled []string
	changed   *accountv1.ChangePasswordRequest
}

// secured is the site with the locks in the place of account.
func secured(t *testing.T) (*site, *locks, *http.Client) {
	t.Helper()
	l := &locks{citizen: &citizen{
		level: accountv1.Level_SIMPLIFIED, orders: map[string]int{},
		person: &profilev1.Person{LastName: "Петрова", FirstName: "Анна", State: profilev1.DataState_UNVERIFIED},
	}}
	s := startWith(t, nil,
		testkit.FakeAll("account", map[*grpc.ServiceDesc]any{
			&accountv1.AccountService_ServiceDesc: l, &accountv1.ContactService_ServiceDesc: l,
			&accountv1.ContactClaimService_ServiceDesc: l, &accountv1.SecondFactorService_ServiceDesc: l,
			&accountv1.ControlQuestionService_ServiceDesc: l, &accountv1.TrustedContactService_ServiceDesc: l,
			&accountv1.SignInService_ServiceDesc: l,
		}),
		testkit.Fake("profile", &profilev1.ProfileService_ServiceDesc, l.citizen),
		testkit.Fake("notification", &notificationv1.NotificationService_ServiceDesc, l.citizen))
	l.now = func() *timestamppb.Timestamp { return timestamppb.New(s.Clock.Now()) }
	return s, l, s.signedIn()
}

func (l *locks) locked(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	do()
}

func (l *locks) ListContacts(context.Context, *accountv1.ListContactsRequest) (*accountv1.ListContactsResponse, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []*accountv1.Contact{{
		Id: "c1", Kind: accountv1.ContactKind_PHONE, Value: "+79001234567", State: accountv1.Contact_PROVEN,
		RemovalTime: timestamppb.New(time.Date(2030, 1, 2, 9, 0, 0, 0, time.UTC)),
	}}
	if l.email != nil {
		out = append(out, l.email)
	}
	return &accountv1.ListContactsResponse{Contacts: out}, nil
}

func (l *locks) ListSecondFactors(
	context.Context, *accountv1.ListSecondFactorsRequest,
) (*accountv1.ListSecondFactorsResponse, error) {
	return &accountv1.ListSecondFactorsResponse{}, nil
}

func (l *locks) AddContact(_ context.Context, r *accountv1.AddContactRequest) (*accountv1.Contact, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !strings.Contains(r.GetValue(), "@") {
		return nil, errs.Fields{{Name: "value", Reason: errorsv1.Reason_FIELD_MALFORMED}}.Err()
	}
	l.email = &accountv1.Contact{
		Id: "c2", Kind: r.GetKind(), Value: r.GetValue(), State: accountv1.Contact_UNPROVEN, CodeExpireTime: l.now(), ResendTime: l.now(),
	}
	return l.email, nil
}

func (l *locks) VerifyContact(_ context.Context, r *accountv1.VerifyContactRequest) (*accountv1.Contact, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.GetCode() != rightCode {
		return nil, errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(4)
	}
	l.email.State = accountv1.Contact_PROVEN
	return l.email, nil
}

func (l *locks) DeleteContact(context.Context, *accountv1.DeleteContactRequest) (*emptypb.Empty, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.email = nil
	return &emptypb.Empty{}, nil
}

func (l *locks) KeepContact(_ context.Context, r *accountv1.KeepContactRequest) (*accountv1.Contact, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, r.GetContactId())
	return &accountv1.Contact{Id: r.GetContactId()}, nil
}

func (l *locks) CancelContactChange(_ context.Context, r *accountv1.CancelContactChangeRequest) (*emptypb.Empty, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.GetCancelToken() != "good" {
		return nil, errs.New(errorsv1.Reason_LINK_INVALID, "no such link")
	}
	l.cancelled = append(l.cancelled, r.GetCancelToken())
	return &emptypb.Empty{}, nil
}

func (l *locks) CancelContactClaim(_ context.Context, r *accountv1.CancelContactClaimRequest) (*emptypb.Empty, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cancelled = append(l.cancelled, "claim "+r.GetCancelToken())
	return &emptypb.Empty{}, nil
}

func (l *locks) GetPasswordPolicy(context.Context, *accountv1.GetPasswordPolicyRequest) (*accountv1.PasswordPolicy, error) {
	return &accountv1.PasswordPolicy{MinLength: 8, MaxLength: 128}, nil
}

func (l *locks) GeneratePassword(context.Context, *accountv1.GeneratePasswordRequest) (*accountv1.GeneratePasswordResponse, error) {
	return &accountv1.GeneratePasswordResponse{Password: "Kd7-mWq2.xPz9"}, nil
}

func (l *locks) ChangePassword(_ context.Context, r *accountv1.ChangePasswordRequest) (*emptypb.Empty, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.GetNewPassword() == "weak" {
		return nil, errs.Fields{{Name: "new_password", Reason: errorsv1.Reason_PASSWORD_COMMON}}.Err()
	}
	if r.GetCurrentPassword() != "right" {
		return nil, errs.New(errorsv1.Reason_SIGN_IN_FAILED, "wrong")
	}
	l.changed = r
	return &emptypb.Empty{}, nil
}

func (l *locks) CreateContactClaim(context.Context, *accountv1.CreateContactClaimRequest) (*accountv1.ContactClaim, error) {
	return &accountv1.ContactClaim{
		ClaimToken: "the-claim", State: accountv1.ContactClaim_CODE_SENT, Destination: "+7 900 ***-**-67", CodeExpireTime: l.now(),
	}, nil
}

func (l *locks) VerifyContactClaim(_ context.Context, r *accountv1.VerifyContactClaimRequest) (*accountv1.ContactClaim, error) {
	if r.GetCode() != rightCode || r.GetClaimToken() != "the-claim" {
		return nil, errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(4)
	}
	return &accountv1.ContactClaim{
		State: accountv1.ContactClaim_WAITING, Destination: "+7 900 ***-**-67", EffectiveTime: l.now(),
		ExpireTime: timestamppb.New(l.now().AsTime().Add(time.Hour)),
	}, nil
}

func (l *locks) CompleteContactClaim(_ context.Context, r *accountv1.CompleteContactClaimRequest) (*accountv1.ContactClaim, error) {
	if r.GetClaimToken() != "the-claim" {
		return nil, errs.New(errorsv1.Reason_CLAIM_NOT_FOUND, "no such claim")
	}
	return &accountv1.ContactClaim{State: accountv1.ContactClaim_FREE, Destination: "+7 900 ***-**-67"}, nil
}

// open is a page, wherever it sends the browser on.
func (s *site) open(c *http.Client, path string) answer {
	s.t.Helper()
	a := s.get(c, path)
	for range 5 {
		next := a.Header.Get("Location")
		if next == "" {
			break
		}
		a = s.get(c, next)
	}
	return a
}

// submit sends the form of a page, and is where that leads.
func (s *site) submit(c *http.Client, path string, form url.Values) answer {
	s.t.Helper()
	form.Set("csrf_token", s.open(c, path).csrf(s.t))
	return s.open(c, s.post(c, path, form).Header.Get("Location"))
}

func TestContactIsAddedOnPages(t *testing.T) {
	s, l, c := secured(t)
	const add = "/cabinet/security/contact?kind=EMAIL"
	a := s.submit(c, add, url.Values{"email": {"anna"}})
	s.wants(a, `value="anna"`, "email-error")
	a = s.submit(c, add, url.Values{"email": {"anna@example.ru"}})
	s.wants(a, "anna@example.ru", `name="code"`)
	const code = "/cabinet/security/contacts/c2"
	a = s.submit(c, code, url.Values{"code": {"654321"}})
	s.wants(a, `value="654321"`, "code-error")
	a = s.submit(c, code, url.Values{"code": {rightCode}})
	s.wants(a, "Контакт подтверждён", "Изменить почту", "Убрать почту")
	a = s.open(c, code+"/remove")
	s.wants(a, "anna@example.ru")
	a = s.submit(c, code+"/remove", url.Values{})
	s.wants(a, "Подтвердить почту") // the one that sign-up left unproven
	l.locked(func() {
		if l.email != nil {
			t.Error("it is still there")
		}
	})
	a = s.submit(c, "/cabinet/security", url.Values{"contact": {"c1"}})
	s.wants(a, "Контакт останется")
	l.locked(func() {
		if len(l.kept) != 1 || l.kept[0] != "c1" {
			t.Errorf("kept %v", l.kept)
		}
	})
}

// Mail scanners open links: that stops nothing. A button does, without a sign-in.
func TestOpeningACancelLinkChangesNothing(t *testing.T) {
	s, l, _ := secured(t)
	stranger := s.browser()
	for link, want := range map[string]string{"/contacts/cancel?token=good": "good", "/contacts/cancel?claim=other": "claim other"} {
		l.locked(func() { l.cancelled = nil })
		s.wants(s.open(stranger, link), "<form")
		l.locked(func() {
			if len(l.cancelled) != 0 {
				t.Errorf("%s: opening it has cancelled", link)
			}
		})
		s.wants(s.submit(stranger, link, url.Values{}), "Изменение отменено")
		l.locked(func() {
			if len(l.cancelled) != 1 || l.cancelled[0] != want {
				t.Errorf("%s: cancelled %v", link, l.cancelled)
			}
		})
	}
	s.wants(s.submit(stranger, "/contacts/cancel?token=bad", url.Values{}), "Ссылка неверна")
}

func TestPasswordIsChangedOnPages(t *testing.T) {
	s, l, c := secured(t)
	const path = "/cabinet/security/password"
	form := func(current, fresh, repeat string) url.Values {
		return url.Values{"current_password": {current}, "password": {fresh}, "password_repeat": {repeat}}
	}
	s.wants(s.submit(c, path, form("right", "one", "two")), "password_repeat-error")
	s.wants(s.submit(c, path, form("right", "weak", "weak")), `id="password-error"`)
	s.wants(s.submit(c, path, form("wrong", "fresh", "fresh")), "current_password-error")
	s.wants(s.submit(c, path, url.Values{"action": {"generate"}}), "Kd7-mWq2.xPz9")
	s.wants(s.submit(c, path, form("right", "fresh", "fresh")), "Пароль изменён")
	l.locked(func() {
		if l.changed.GetSessionId() != "s1" || l.changed.GetNewPassword() != "fresh" {
			t.Errorf("changed by %v", l.changed)
		}
	})
	if a := s.open(c, path); strings.Contains(a.body, "Kd7-mWq2.xPz9") {
		t.Error("the password that was made is still shown")
	}
}

func TestRecycledNumberIsClaimedOnPages(t *testing.T) {
	s, _, _ := secured(t)
	c := s.browser()
	s.wants(s.open(c, "/contacts/claim/wait"), `name="phone"`)
	a := s.submit(c, "/contacts/claim", url.Values{"phone": {"+7 900 123-45-67"}})
	s.wants(a, `name="code"`, "***-**-67")
	if strings.Contains(a.body, "the-claim") {
		t.Error("the page shows the claim's token")
	}
	s.wants(s.submit(c, "/contacts/claim/code", url.Values{"code": {"654321"}}), "code-error")
	s.wants(s.submit(c, "/contacts/claim/code", url.Values{"code": {rightCode}}), "Владелец не возразил")
	s.wants(s.submit(c, "/contacts/claim/wait", url.Values{}), "Контакт свободен", "/sign-up")
}

func (l *locks) GetControlQuestion(context.Context, *accountv1.GetControlQuestionRequest) (*accountv1.ControlQuestion, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.question == "" {
		return nil, errs.New(errorsv1.Reason_CONTROL_QUESTION_NOT_SET, "none")
	}
	return &accountv1.ControlQuestion{Question: l.question}, nil
}

func (l *locks) SetControlQuestion(_ context.Context, r *accountv1.SetControlQuestionRequest) (*accountv1.ControlQuestion, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(r.GetAnswer()) < 3 {
		return nil, errs.Fields{{Name: "answer", Reason: errorsv1.Reason_ANSWER_TOO_SHORT}}.Err()
	}
	l.question, l.answer = r.GetQuestion(), r.GetAnswer()
	return &accountv1.ControlQuestion{Question: l.question}, nil
}

func (l *locks) DeleteControlQuestion(context.Context, *accountv1.DeleteControlQuestionRequest) (*emptypb.Empty, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.question = ""
	return &emptypb.Empty{}, nil
}

func TestControlQuestionIsSetOnPages(t *testing.T) {
	s, l, c := secured(t)
	const path = "/cabinet/security/question"
	s.wants(s.submit(c, path, url.Values{"question": {"Как звали собаку?"}, "answer": {"x"}}), "answer-error", `value="Как звали собаку?"`)
	s.wants(s.submit(c, path, url.Values{"question": {"Как звали собаку?"}, "answer": {"Ёлка"}}), "Контрольный вопрос сохранён")
	a := s.open(c, path)
	s.wants(a, `value="Как звали собаку?"`, `value="remove"`)
	if strings.Contains(a.body, "Ёлка") {
		t.Error("the page shows the answer")
	}
	s.wants(s.submit(c, path, url.Values{"action": {"remove"}}), "Контрольный вопрос убран")
	l.locked(func() {
		if l.question != "" || l.answer != "Ёлка" {
			t.Errorf("%q with %q", l.question, l.answer)
		}
	})
}

func (l *locks) GetTrustedContact(context.Context, *accountv1.GetTrustedContactRequest) (*accountv1.TrustedContact, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.trusted == nil {
		return nil, errs.New(errorsv1.Reason_TRUSTED_CONTACT_NOT_SET, "none")
	}
	return l.trusted, nil
}

func (l *locks) SetTrustedContact(_ context.Context, r *accountv1.SetTrustedContactRequest) (*accountv1.TrustedContact, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !strings.Contains(r.GetLogin(), "7654321") {
		return nil, errs.Fields{{Name: "login", Reason: errorsv1.Reason_FIELD_MALFORMED}}.Err()
	}
	if l.trusted == nil {
		l.trusted = &accountv1.TrustedContact{Login: "+79007654321", State: accountv1.TrustState_INVITED, EndTime: l.now()}
	}
	return l.trusted, nil
}

func (l *locks) DeleteTrustedContact(context.Context, *accountv1.DeleteTrustedContactRequest) (*emptypb.Empty, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trusted = nil
	return &emptypb.Empty{}, nil
}

func (l *locks) ListPrincipals(context.Context, *accountv1.ListPrincipalsRequest) (*accountv1.ListPrincipalsResponse, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := &accountv1.ListPrincipalsResponse{}
	if l.principal != nil {
		out.Principals = append(out.Principals, l.principal)
	}
	return out, nil
}

func (l *locks) AcceptPrincipal(_ context.Context, r *accountv1.AcceptPrincipalRequest) (*accountv1.Principal, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.principal == nil || r.GetPrincipalId() != l.principal.GetId() {
		return nil, errs.New(errorsv1.Reason_PRINCIPAL_NOT_FOUND, "none")
	}
	l.principal.State = accountv1.TrustState_ACTIVE
	return l.principal, nil
}

func (l *locks) DeletePrincipal(context.Context, *accountv1.DeletePrincipalRequest) (*emptypb.Empty, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.principal = nil
	return &emptypb.Empty{}, nil
}

func (l *locks) StepUp(_ context.Context, r *accountv1.StepUpRequest) (*accountv1.Session, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = r.GetTrustedContact()
	return &accountv1.Session{
		State: accountv1.Session_STEP_REQUIRED, SignInToken: "the-step-up",
		Steps: []*accountv1.Step{{StepId: "TRUSTED_CONTACT", Kind: accountv1.StepKind_TRUSTED_CONTACT, Destination: "+7 900 ***-**-21"}},
	}, nil
}

func (l *locks) GetSignIn(context.Context, *accountv1.GetSignInRequest) (*accountv1.Session, error) {
	return l.StepUp(context.Background(), &accountv1.StepUpRequest{TrustedContact: true})
}

func TestTrustedContactIsInvitedAndRemovedOnPages(t *testing.T) {
	s, _, c := secured(t)
	const path = "/cabinet/security/trusted"
	s.wants(s.submit(c, path, url.Values{"trusted_login": {"nobody"}}), "trusted_login-error", `value="nobody"`)
	s.wants(s.submit(c, path, url.Values{"trusted_login": {"+79007654321"}}), "Приглашение отправлено", "Ждём согласия")
	s.wants(s.submit(c, path, url.Values{"action": {"remove"}}), `name="trusted_login"`)
}

func TestAnInvitationIsAnsweredOnPages(t *testing.T) {
	s, l, c := secured(t)
	const path = "/cabinet/security/trusted"
	l.locked(func() {
		l.principal = &accountv1.Principal{Id: "p1", Contact: "+7 900 ***-**-67", State: accountv1.TrustState_INVITED, EndTime: l.now()}
	})
	s.wants(s.open(c, path), "***-**-67", "Согласиться", "Отказаться")
	s.wants(s.submit(c, path, url.Values{"action": {"accept"}, "principal": {"other"}}), "Приглашения больше нет")
	s.wants(s.submit(c, path, url.Values{"action": {"accept"}, "principal": {"p1"}}), "Теперь вы доверенный контакт", "Больше не помогать")
	a := s.submit(c, path, url.Values{"action": {"leave"}, "principal": {"p1"}})
	if strings.Contains(a.body, "***-**-67") {
		t.Error("who has left still sees the principal")
	}
}

// With an active trusted contact the page asks for that one's code before there is a form for another password.
func TestAPasswordChangeAsksTheTrustedContactFirst(t *testing.T) {
	s, l, c := secured(t)
	const path = "/cabinet/security/password"
	l.locked(func() {
		l.trusted = &accountv1.TrustedContact{Login: "+79007654321", State: accountv1.TrustState_ACTIVE}
	})
	a := s.open(c, path)
	s.wants(a, `value="ask"`)
	if strings.Contains(a.body, `name="password"`) {
		t.Error("the form is there before the code")
	}
	s.wants(s.submit(c, path, url.Values{"action": {"ask"}}), "Введите код доверенного контакта", "***-**-21", "Отправить код")
	l.locked(func() {
		if !l.asked {
			t.Error("no trusted contact was asked")
		}
	})
	s.wants(s.open(c, path+"?asked=1"), `name="password"`)
}
