package registry_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	"github.com/propusk-id/propusk/services/registry"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type world struct {
	*testkit.Env
	verification, sandbox registryv1.RegistryServiceClient
}

func start(t *testing.T, vars map[string]string) *world {
	t.Helper()
	all := map[string]string{
		"PROPUSK_REGISTRY_PFR_LATENCY": "0s", "PROPUSK_REGISTRY_PFR_JITTER": "0s",
		"PROPUSK_REGISTRY_FMS_LATENCY": "0s", "PROPUSK_REGISTRY_FMS_JITTER": "0s",
	}
	for name, value := range vars {
		all["PROPUSK_REGISTRY_"+name] = value
	}
	e := testkit.Start(t, testkit.Options{Services: []boot.Service{registry.Service()}, Vars: all})
	return &world{
		Env:          e,
		verification: registryv1.NewRegistryServiceClient(e.Dial("verification", "registry")),
		sandbox:      registryv1.NewRegistryServiceClient(e.Dial("sandbox", "registry")),
	}
}

func (w *world) persona(t *testing.T, scenario string) *registryv1.Persona {
	t.Helper()
	list, err := w.sandbox.ListPersonas(t.Context(), &registryv1.ListPersonasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list.GetPersonas() {
		if p.GetFate() == scenario {
			return p
		}
	}
	t.Fatalf("nobody has the scenario %s", scenario)
	return nil
}

func pension(p *registryv1.Persona) *registryv1.CheckPensionRequest {
	return &registryv1.CheckPensionRequest{
		Snils: p.GetSnils(), LastName: p.GetLastName(), FirstName: p.GetFirstName(), MiddleName: p.GetMiddleName(),
		BirthDate: p.GetBirthDate(), Gender: p.GetGender(),
	}
}

func passport(p *registryv1.Persona) *registryv1.CheckPassportRequest {
	held := p.GetPassport()
	return &registryv1.CheckPassportRequest{
		Series: held.GetSeries(), Number: held.GetNumber(), IssueDate: held.GetIssueDate(),
		IssueCode: held.GetIssueCode(), BirthDate: p.GetBirthDate(),
		LastName: p.GetLastName(), FirstName: p.GetFirstName(), MiddleName: p.GetMiddleName(),
	}
}

// check asks both registries as verification does.
func (w *world) check(t *testing.T, p *registryv1.Persona) (pfr, fms []registryv1.Mismatch) {
	t.Helper()
	r1, err := w.verification.CheckPension(t.Context(), pension(p))
	if err != nil {
		t.Fatalf("PFR about %s: %v", p.GetSnils(), err)
	}
	r2, err := w.verification.CheckPassport(t.Context(), passport(p))
	if err != nil {
		t.Fatalf("FMS about %s: %v", p.GetSnils(), err)
	}
	return r1.GetMismatches(), r2.GetMismatches()
}

func wantReason(t *testing.T, what string, err error, want errs.Reason) {
	t.Helper()
	if !errs.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestAnswersOfPersonas(t *testing.T) {
	w := start(t, nil)
	type mm = []registryv1.Mismatch
	for scenario, want := range map[string][2]mm{
		"matched":            {nil, nil},
		"duplicate":          {nil, nil},
		"pfr_not_found":      {{registryv1.Mismatch_NOT_FOUND}, nil},
		"name_differs":       {{registryv1.Mismatch_NAME}, {registryv1.Mismatch_NAME}},
		"birth_date_differs": {{registryv1.Mismatch_BIRTH_DATE}, {registryv1.Mismatch_BIRTH_DATE}},
		"passport_invalid":   {nil, {registryv1.Mismatch_INVALID}},
		"deceased":           {{registryv1.Mismatch_DECEASED}, {registryv1.Mismatch_DECEASED}},
	} {
		pfr, fms := w.check(t, w.persona(t, scenario))
		if !slices.Equal(pfr, want[0]) || !slices.Equal(fms, want[1]) {
			t.Errorf("%s: PFR %v, FMS %v", scenario, pfr, fms)
		}
	}
}

func TestPersonasAreComplete(t *testing.T) {
	w := start(t, nil)
	list, err := w.sandbox.ListPersonas(t.Context(), &registryv1.ListPersonasRequest{})
	if err != nil || len(list.GetPersonas()) == 0 {
		t.Fatalf("%v, %v", list, err)
	}
	for i, p := range list.GetPersonas() {
		held, lives := p.GetPassport(), p.GetAddress()
		for name, value := range map[string]string{
			"last": p.GetLastName(), "first": p.GetFirstName(), "gender": p.GetGender(), "born": p.GetBirthDate(),
			"birth place": p.GetBirthPlace(), "scenario": p.GetFate(), "ru": p.GetTitleRu(), "en": p.GetTitleEn(),
			"series": held.GetSeries(), "number": held.GetNumber(), "issued": held.GetIssueDate(),
			"issuer": held.GetIssuedBy(), "code": held.GetIssueCode(), "index": lives.GetPostalCode(),
			"region": lives.GetRegion(), "city": lives.GetCity(), "street": lives.GetStreet(), "house": lives.GetHouse(),
		} {
			if value == "" {
				t.Errorf("%s has no %s", p.GetSnils(), name)
			}
		}
		if p.GetCitizenship() != "RUS" || (i > 0 && p.GetSnils() <= list.GetPersonas()[i-1].GetSnils()) {
			t.Errorf("%s: citizenship %s, or out of order", p.GetSnils(), p.GetCitizenship())
		}
	}
}

func TestPopulation(t *testing.T) {
	w := start(t, map[string]string{"POPULATION": "1000"})
	person := func(n int64) (*registryv1.Persona, error) {
		return w.sandbox.GetPerson(t.Context(), &registryv1.GetPersonRequest{N: n})
	}
	first, err := person(1)
	if err != nil || first.GetSnils() != "00000100004" || first.GetFate() != "matched" {
		t.Fatalf("person 1: %v, %v", first, err)
	}
	if pfr, fms := w.check(t, first); len(pfr)+len(fms) > 0 {
		t.Errorf("person 1: PFR %v, FMS %v", pfr, fms)
	}
	for _, n := range []int64{0, -1, 1001} {
		_, err := person(n)
		wantReason(t, "outside the population", err, errorsv1.Reason_POPULATION_OUT_OF_RANGE)
	}
	w.Restart()
	w.sandbox = registryv1.NewRegistryServiceClient(w.Dial("sandbox", "registry"))
	if again, err := person(1); err != nil || !proto.Equal(again, first) {
		t.Errorf("after a restart person 1 is %v, %v", again, err)
	}
}

func TestSeed(t *testing.T) {
	one, err := start(t, nil).sandbox.GetPerson(t.Context(), &registryv1.GetPersonRequest{N: 5})
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, map[string]string{"SEED": "2"})
	other, err := w.sandbox.GetPerson(t.Context(), &registryv1.GetPersonRequest{N: 5})
	if err != nil {
		t.Fatal(err)
	}
	if other.GetSnils() != one.GetSnils() || other.GetPassport().GetNumber() == one.GetPassport().GetNumber() {
		t.Errorf("another seed gives %v, the first gave %v", other, one)
	}
}

// Everything a person types differs in several groups, and the answer says only which.
func TestEveryGroupIsNamed(t *testing.T) {
	w := start(t, nil)
	p := w.persona(t, "matched")
	p.LastName, p.BirthDate, p.Gender = "Другой", "1970-01-01", "F"
	p.Passport.IssueCode = "000-001"
	pfr, fms := w.check(t, p)
	if !slices.Equal(pfr, []registryv1.Mismatch{
		registryv1.Mismatch_NAME, registryv1.Mismatch_BIRTH_DATE, registryv1.Mismatch_GENDER,
	}) || !slices.Equal(fms, []registryv1.Mismatch{
		registryv1.Mismatch_NAME, registryv1.Mismatch_BIRTH_DATE, registryv1.Mismatch_ISSUE,
	}) {
		t.Errorf("PFR %v, FMS %v", pfr, fms)
	}
}

func TestRealLookingSNILSIsNotFound(t *testing.T) {
	w := start(t, nil)
	p := w.persona(t, "matched")
	p.Snils = "11223344595"
	if pfr, _ := w.check(t, p); !slices.Equal(pfr, []registryv1.Mismatch{registryv1.Mismatch_NOT_FOUND}) {
		t.Errorf("PFR %v", pfr)
	}
}

func TestMalformedQuestions(t *testing.T) {
	w := start(t, nil)
	_, err := w.verification.CheckPension(t.Context(), &registryv1.CheckPensionRequest{Snils: "1", BirthDate: "?"})
	wantFields(t, err, "snils", "birth_date")
	_, err = w.verification.CheckPassport(t.Context(), &registryv1.CheckPassportRequest{})
	wantFields(t, err, "series", "number", "issue_date", "issue_code", "birth_date")
}

func wantFields(t *testing.T, err error, want ...string) {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || e.Reason != errorsv1.Reason_VALIDATION_FAILED {
		t.Fatalf("%v", err)
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("wrong fields %v, want %v", got, want)
	}
}

func TestSwitchedOff(t *testing.T) {
	w := start(t, map[string]string{"FMS_ENABLED": "false"})
	p := w.persona(t, "matched")
	_, err := w.verification.CheckPassport(t.Context(), passport(p))
	wantReason(t, "FMS", err, errorsv1.Reason_UNAVAILABLE)
	if _, err := w.verification.CheckPension(t.Context(), pension(p)); err != nil {
		t.Errorf("PFR: %v", err)
	}
}

func TestAlwaysFailing(t *testing.T) {
	w := start(t, map[string]string{"PFR_FAILURE_RATE": "1"})
	_, err := w.verification.CheckPension(t.Context(), pension(w.persona(t, "matched")))
	wantReason(t, "PFR", err, errorsv1.Reason_UNAVAILABLE)
}

func TestFaultsOfPersonas(t *testing.T) {
	w := start(t, nil)
	silent := w.persona(t, "pfr_timeout")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := w.verification.CheckPension(ctx, pension(silent))
	wantReason(t, "silent", err, errorsv1.Reason_DEADLINE_EXCEEDED)

	late := w.persona(t, "ok_after_60s")
	_, err = w.verification.CheckPassport(t.Context(), passport(late))
	wantReason(t, "late", err, errorsv1.Reason_UNAVAILABLE)
	if e, _ := errs.As(err); e == nil || e.RetryAfter != time.Minute {
		t.Errorf("late: %v", err)
	}
	w.Clock.Advance(time.Minute)
	if _, err := w.verification.CheckPassport(t.Context(), passport(late)); err != nil {
		t.Errorf("late, a minute on: %v", err)
	}
	_, err = w.verification.CheckPassport(t.Context(), passport(w.persona(t, "fms_down")))
	wantReason(t, "down", err, errorsv1.Reason_UNAVAILABLE)
}

func TestWhoMayCall(t *testing.T) {
	w := start(t, nil)
	ctx := t.Context()
	calls := map[string]func(c registryv1.RegistryServiceClient) error{
		"CheckPension": func(c registryv1.RegistryServiceClient) error {
			_, err := c.CheckPension(ctx, pension(w.persona(t, "matched")))
			return err
		},
		"CheckPassport": func(c registryv1.RegistryServiceClient) error {
			_, err := c.CheckPassport(ctx, passport(w.persona(t, "matched")))
			return err
		},
		"ListPersonas": func(c registryv1.RegistryServiceClient) error {
			_, err := c.ListPersonas(ctx, &registryv1.ListPersonasRequest{})
			return err
		},
		"GetPerson": func(c registryv1.RegistryServiceClient) error {
			_, err := c.GetPerson(ctx, &registryv1.GetPersonRequest{N: 1})
			return err
		},
	}
	allowed := map[string]string{
		"CheckPension": "verification", "CheckPassport": "verification", "ListPersonas": "sandbox", "GetPerson": "sandbox",
	}
	for _, caller := range []string{"gateway", "profile", "verification", "sandbox"} {
		client := registryv1.NewRegistryServiceClient(w.Dial(caller, "registry"))
		for method, call := range calls {
			err := call(client)
			if allowed[method] == caller && err != nil {
				t.Errorf("%s calls %s: %v", caller, method, err)
			}
			if allowed[method] != caller {
				wantReason(t, caller+" calls "+method, err, errorsv1.Reason_PERMISSION_DENIED)
			}
		}
	}
}

func TestLogsHaveNoPersonalData(t *testing.T) {
	w := start(t, map[string]string{"FMS_FAILURE_RATE": "1"})
	p := w.persona(t, "pfr_not_found")
	if _, err := w.verification.CheckPension(t.Context(), pension(p)); err != nil {
		t.Fatal(err)
	}
	_, err := w.verification.CheckPassport(t.Context(), passport(p))
	wantReason(t, "FMS", err, errorsv1.Reason_UNAVAILABLE)
	for _, secret := range []string{p.GetSnils(), p.GetLastName(), p.GetBirthDate(), p.GetPassport().GetNumber()} {
		if strings.Contains(w.Logs(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}
