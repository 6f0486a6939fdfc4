package allinone_test

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/pkg/testkit"
	auditv1 "github.com/propusk-id/propusk/proto/gen/propusk/audit/v1"
	"github.com/propusk-id/propusk/services/allinone"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// quick are the variables that make what is outside quick, and the limits per address wide: all people of a test
// come from one.
func quick() map[string]string {
	return map[string]string{
		"PROPUSK_REGISTRY_PFR_LATENCY": "0s", "PROPUSK_REGISTRY_PFR_JITTER": "0s",
		"PROPUSK_REGISTRY_FMS_LATENCY": "0s", "PROPUSK_REGISTRY_FMS_JITTER": "0s",
		"PROPUSK_GATEWAY_REQUESTS_PER_MINUTE": "1000000", "PROPUSK_OTP_SENDS_PER_ADDRESS": "1000000",
		"PROPUSK_ACCOUNT_HASH_WORKERS": "1", "PROPUSK_CONFIRMATION_TRACKING_VISIBLE_AFTER": "0s",
	}
}

// installation is everything in one process, as `make run` has it, on a free port.
type installation struct {
	*testkit.Env
	t   *testing.T
	url string
}

func start(t *testing.T) *installation {
	t.Helper()
	return startWith(t, nil)
}

// startWith is start with more variables.
func startWith(t *testing.T, more map[string]string) *installation {
	t.Helper()
	return startAt(t, "127.0.0.1", more)
}

// startAt is startWith under a name of this machine: passkeys know no addresses in numbers.
func startAt(t *testing.T, host string, more map[string]string) *installation {
	t.Helper()
	addr := freeAddress(t)
	vars := quick()
	maps.Copy(vars, more)
	publicURL := "http://" + strings.Replace(addr, "127.0.0.1", host, 1)
	vars["PROPUSK_GATEWAY_LISTEN"], vars["PUBLIC_URL"] = addr, publicURL
	e := testkit.Start(t, testkit.Options{Services: allinone.Services(), Vars: vars, SystemClock: true})
	return &installation{Env: e, t: t, url: publicURL}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

const wait = 60 * time.Second

// citizen is person n of the population, with a phone of his own.
func (i *installation) citizen(n int) *journey.Story {
	return &journey.Story{
		Client: journey.Client{URL: i.url, HTTP: &http.Client{Timeout: time.Minute}}, N: n,
		Phone: fmt.Sprintf("+7900%07d", n), Wait: wait,
	}
}

func (i *installation) browser() *journey.Browser {
	b, err := journey.NewBrowser(i.url, http.DefaultTransport)
	if err != nil {
		i.t.Fatal(err)
	}
	return b
}

func (i *installation) sweep() error {
	nc, err := i.NATS.Connect()
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	return journey.Sweep{
		Pool: i.Pool(), JS: js, Patience: wait, Producers: allinone.Producers(),
		Audit: auditv1.NewAuditServiceClient(i.Dial("audit", "audit")),
	}.Check(context.Background())
}

func (i *installation) walk(n int) *journey.Story {
	i.t.Helper()
	s := i.citizen(n)
	if err := s.Walk(context.Background(), nil); err != nil {
		i.t.Fatal(err)
	}
	return s
}

func TestJourney(t *testing.T) {
	i := start(t)
	ctx := context.Background()
	t.Run("by REST with a phone", func(t *testing.T) {
		if err := i.citizen(1).Walk(ctx, nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("by REST with an e-mail", func(t *testing.T) {
		s := i.citizen(2)
		s.Phone, s.Email = "", "citizen2@example.ru"
		if err := s.Walk(ctx, nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("by the pages with a phone", func(t *testing.T) {
		if err := i.citizen(3).WalkPages(ctx, i.browser()); err != nil {
			t.Error(err)
		}
	})
	t.Run("by the pages with an e-mail", func(t *testing.T) {
		s := i.citizen(4)
		s.Phone, s.Email = "", "citizen4@example.ru"
		if err := s.WalkPages(ctx, i.browser()); err != nil {
			t.Error(err)
		}
	})
	if err := i.sweep(); err != nil {
		t.Error(err)
	}
}

func TestPartnerLogin(t *testing.T) {
	i := start(t)
	ctx := context.Background()
	s := i.walk(11)
	p := journey.Partner{
		URL: i.url, HTTP: http.DefaultClient, ACR: "confirmed",
		Scopes: []string{"profile", "email", "phone", "address", "snils", "id_doc", "offline_access"},
	}
	b := i.browser()
	got, err := p.Login(ctx, b, s.Phone)
	if err != nil {
		t.Fatal(err)
	}
	if got.ACR != "confirmed" || got.Token.RefreshToken == "" || got.Subject == s.AccountID {
		t.Errorf("acr %q, refresh token %t, subject %q", got.ACR, got.Token.RefreshToken != "", got.Subject)
	}
	for claim, want := range map[string]any{
		"family_name": s.Person.Person.LastName, "given_name": s.Person.Person.FirstName,
		"birthdate": s.Person.Person.BirthDate, "phone_number": s.Phone, "phone_number_verified": true,
	} {
		if got.Claims[claim] != want {
			t.Errorf("claim %s is %v, want %v", claim, got.Claims[claim], want)
		}
	}
	if snils, _ := got.Claims["snils"].(string); digits(snils) != digits(s.Person.Person.SNILS) {
		t.Errorf("snils is %q", snils)
	}
	if doc, _ := got.Claims["id_doc"].(map[string]any); doc["number"] != s.Person.Passport.Number || doc["issued_by"] != s.Person.Passport.IssuedBy {
		t.Errorf("id_doc is %v", doc)
	}
	again, err := p.Login(ctx, b, "must not be asked")
	if err != nil {
		t.Fatalf("single sign-on: %v", err)
	}
	if again.Subject != got.Subject {
		t.Error("another subject the second time")
	}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func TestALowLevelDoesNotReachThePartner(t *testing.T) {
	i := start(t)
	s := i.citizen(21)
	for _, step := range journey.Steps()[:5] {
		if err := step.Do(s, context.Background()); err != nil {
			t.Fatal(step.Name, err)
		}
	}
	b := i.browser()
	p := journey.Partner{URL: i.url, HTTP: http.DefaultClient, ACR: "confirmed"}
	if _, err := p.Login(context.Background(), b, s.Phone); err == nil {
		t.Fatal("a simplified account passed as confirmed")
	}
	if err := b.Submit(context.Background(), map[string]string{"action": "deny"}); err != nil {
		t.Fatal(err)
	}
	if b.Left == nil || b.Left.Query().Get("error") != "unmet_authentication_requirements" {
		t.Errorf("the partner got %v", b.Left)
	}
}
