package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const otpauth = "otpauth://totp/localhost:anna?secret=JBSWY3DPEHPK3PXP&issuer=localhost"

// CreateSecondFactor makes pending ones by their kind's name, and backup codes.
func (f *factored) CreateSecondFactor(_ context.Context, r *accountv1.CreateSecondFactorRequest) (*accountv1.SecondFactor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refusal != nil {
		return nil, f.refusal
	}
	f.enrolled = append(f.enrolled, r.GetKind())
	x := &accountv1.SecondFactor{Id: "new-" + r.GetKind().String(), Kind: r.GetKind(), State: accountv1.SecondFactor_PENDING}
	switch r.GetKind() {
	case accountv1.StepKind_TOTP:
		x.OtpauthUri = otpauth
	case accountv1.StepKind_SMS_CODE:
		x.Destination, x.CodeExpireTime = "+7 900 ***-**-67", timestamppb.New(f.now())
	case accountv1.StepKind_PASSKEY:
		x.Options = &structpb.Struct{Fields: map[string]*structpb.Value{"challenge": structpb.NewStringValue("bWFrZQ")}}
	default:
		x.State, x.BackupCodes = accountv1.SecondFactor_ACTIVE, []string{"NEWCODE001", "NEWCODE002"}
	}
	return x, nil
}

// ActivateSecondFactor gives the first one backup codes.
func (f *factored) ActivateSecondFactor(_ context.Context, r *accountv1.ActivateSecondFactorRequest) (*accountv1.SecondFactor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refusal != nil {
		return nil, f.refusal
	}
	kind := accountv1.StepKind(accountv1.StepKind_value[strings.TrimPrefix(r.GetFactorId(), "new-")])
	if kind != accountv1.StepKind_PASSKEY && r.GetCode() != rightCode {
		return nil, errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(4)
	}
	x := &accountv1.SecondFactor{Id: "f-" + kind.String(), Kind: kind, State: accountv1.SecondFactor_ACTIVE, CreateTime: timestamppb.New(f.now())}
	f.bound = append(f.bound, x)
	if len(f.bound) > 1 {
		return x, nil
	}
	f.bound = append(f.bound, &accountv1.SecondFactor{Id: "f-codes", Kind: accountv1.StepKind_BACKUP_CODE, CodesLeft: 2})
	return &accountv1.SecondFactor{Id: x.GetId(), Kind: kind, BackupCodes: []string{"BACKUP0001", "BACKUP0002"}}, nil
}

func (f *factored) UpdateSecondFactor(_ context.Context, r *accountv1.UpdateSecondFactorRequest) (*accountv1.SecondFactor, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.bound {
		if x.GetId() == r.GetFactorId() {
			x.Name = r.GetName()
			return x, nil
		}
	}
	return nil, errs.New(errorsv1.Reason_FACTOR_NOT_FOUND, "none")
}

func (f *factored) DeleteSecondFactor(_ context.Context, r *accountv1.DeleteSecondFactorRequest) (*emptypb.Empty, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.removed = append(f.removed, r.GetFactorId())
	f.bound = nil
	return &emptypb.Empty{}, nil
}

const factorsPath = "/cabinet/security/factors"

// follows sends the page's form, and is where that leads.
func (s *site) follows(c *http.Client, path string, fields ...string) answer {
	s.t.Helper()
	return s.open(c, s.proves(c, path, fields...).Header.Get("Location"))
}

func TestAnAppIsAdded(t *testing.T) {
	s, f := guarded(t)
	c := s.signedIn()
	s.open(c, factorsPath).shows(t, factorsPath+"/app", factorsPath+"/sms", factorsPath+"/passkey", "перехватить")
	const path = factorsPath + "/app"
	page := s.follows(c, path)
	page.shows(t, "<svg", "JBSW Y3DP EHPK 3PXP", `href="otpauth://totp/`)
	wrong := s.follows(c, path, "code", "654321")
	wrong.shows(t, `value="654321"`, "code-error", "JBSW Y3DP EHPK 3PXP")
	codes := s.follows(c, path, "code", rightCode)
	codes.shows(t, "BACKUP0001", "BACKUP0002", "Коды сохранены")
	s.get(c, factorsPath+"/codes").shows(t, "BACKUP0001") // until they are saved
	stale := wrong.filled(t, "code", rightCode)
	s.post(c, path, stale).leads(t, factorsPath+"/codes") // the same form in another tab
	s.follows(c, factorsPath+"/codes", "action", "saved").shows(t, "Осталось 2 кода", "Приложение с кодами", "Запасные коды сохранены")
	if again := s.get(c, factorsPath+"/codes"); strings.Contains(again.body, "BACKUP0001") {
		t.Error("the codes are shown again")
	}
	s.post(c, path, stale).leads(t, factorsPath+"?saved=added")
	s.follows(c, factorsPath+"/codes").shows(t, "NEWCODE001")
	f.with(func() {
		if len(f.enrolled) != 2 {
			t.Errorf("it was begun to add %v", f.enrolled)
		}
	})
}

// What one person is adding, and codes that were not saved, are not the next person's at the same computer.
func TestEnrolmentsArePersonal(t *testing.T) {
	s, f := guarded(t)
	c := s.signedIn()
	s.follows(c, factorsPath+"/app")
	s.follows(c, factorsPath+"/app", "code", rightCode).shows(t, "BACKUP0001")
	s.follows(c, factorsPath+"/app").shows(t, "JBSW")
	f.set(func() { f.account = "0190f8a0-0000-7000-8000-000000000002" })
	for _, path := range []string{factorsPath + "/app", factorsPath + "/codes"} {
		if page := s.get(c, path); strings.Contains(page.body, "JBSW") || strings.Contains(page.body, "BACKUP0001") {
			t.Errorf("%s shows what is another person's", path)
		}
	}
}

func TestCodesByTextMessageAreAdded(t *testing.T) {
	s, f := guarded(t)
	c := s.signedIn()
	const path = factorsPath + "/sms"
	s.get(c, path).shows(t, "+7\u00a0900\u00a0123-45-67", "перехватить")
	s.follows(c, path).shows(t, "***-**-67", `name="code"`)
	s.follows(c, path, "code", "654321").shows(t, "code-error")
	s.follows(c, path, "action", "resend").shows(t, `name="code"`)
	f.with(func() { f.refusal = errs.New(errorsv1.Reason_FACTOR_NOT_FOUND, "too late") })
	late := s.follows(c, path, "code", rightCode)
	late.shows(t, "Получить код")
	if strings.Contains(late.body, `name="code"`) {
		t.Error("the code of what is gone is asked for")
	}
	f.with(func() { f.refusal = nil })
	s.follows(c, path)
	s.follows(c, path, "code", rightCode).shows(t, "BACKUP0001")
}

func TestAPasskeyIsAddedNamedAndRemoved(t *testing.T) {
	s, f := guarded(t)
	c := s.signedIn()
	const path = factorsPath + "/passkey"
	s.get(c, path).shows(t, `data-options="{&#34;challenge&#34;:&#34;bWFrZQ&#34;}"`, "data-make", "нужен JavaScript", `value="new-PASSKEY"`)
	s.follows(c, path, "factor", "new-PASSKEY", "name", "Ноутбук").shows(t, "Ключ доступа не подошёл", `value="Ноутбук"`)
	s.follows(c, path, "factor", "new-PASSKEY", "name", strings.Repeat("Ё", 70), "credential", `{"id":"a2V5"}`).shows(t, "BACKUP0001")
	f.with(func() {
		if name := f.bound[0].GetName(); name != strings.Repeat("Ё", 64) {
			t.Errorf("it is called %q", name)
		}
	})
	own := factorsPath + "/f-PASSKEY"
	s.follows(c, own, "name", "Рабочий ноутбук").shows(t, "Рабочий ноутбук", "Название изменено")
	s.get(c, own+"/remove").shows(t, "Рабочий ноутбук", "Это последний способ")
	f.with(func() {
		if len(f.removed) != 0 {
			t.Error("looking at the page has removed it")
		}
	})
	s.follows(c, own+"/remove").shows(t, "Способ удалён")
	s.get(c, own+"/remove").leads(t, factorsPath+"?saved=removed")
	if a := s.get(c, factorsPath+"/f-PASSKEY"); a.StatusCode != http.StatusNotFound {
		t.Errorf("what is gone can be named: %d", a.StatusCode)
	}
}

// Who has not proven lately who they are is asked to, and comes back.
func TestAddingNeedsAProof(t *testing.T) {
	s, f := guarded(t)
	c := s.signedIn()
	f.with(func() { f.refusal = errs.New(errorsv1.Reason_REAUTHENTICATION_REQUIRED, "long ago") })
	s.get(c, factorsPath+"/passkey").leads(t, "/reauthenticate?next=%2Fcabinet%2Fsecurity%2Ffactors%2Fpasskey")
	for _, path := range []string{factorsPath + "/app", factorsPath + "/sms"} {
		if to := s.proves(c, path).Header.Get("Location"); !strings.HasPrefix(to, "/reauthenticate?next=") {
			t.Errorf("%s led to %q", path, to)
		}
	}
}
