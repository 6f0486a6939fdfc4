package sandbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/events/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/sandbox"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const (
	phone  = "+79001234567"
	email  = "Ivan@Example.ru"
	number = "10100001000018"
)

// registries plays registry: two personas, and everybody from 1 to 9 is Ivan.
type registries struct {
	registryv1.UnimplementedRegistryServiceServer
}

func ivan() *registryv1.Persona {
	return &registryv1.Persona{
		LastName: "Иванов", FirstName: "Иван", Gender: "M", BirthDate: "1990-12-31", BirthPlace: "г. Тверь",
		Citizenship: "RUS", Snils: "00000060001", Fate: "matched", TitleRu: "Обычный случай", TitleEn: "The ordinary case",
		Passport: &registryv1.Passport{Series: "4510", Number: "123456", IssueDate: "2011-01-20", IssuedBy: "ОВД", IssueCode: "770-001"},
		Address:  &registryv1.Address{PostalCode: "101000", Region: "Москва", City: "Москва", Street: "Мясницкая", House: "1"},
	}
}

func (registries) ListPersonas(context.Context, *registryv1.ListPersonasRequest) (*registryv1.ListPersonasResponse, error) {
	other := ivan()
	other.Snils = "00000060002"
	return &registryv1.ListPersonasResponse{Personas: []*registryv1.Persona{ivan(), other}}, nil
}

func (registries) GetPerson(_ context.Context, r *registryv1.GetPersonRequest) (*registryv1.Persona, error) {
	if r.GetN() < 1 || r.GetN() > 9 {
		return nil, errs.New(errorsv1.Reason_POPULATION_OUT_OF_RANGE, "nobody")
	}
	return ivan(), nil
}

// clients plays oidc's registration of clients.
type clients struct {
	oidcv1.UnimplementedOIDCServiceServer
	mu    sync.Mutex
	known map[string]*oidcv1.ApplyClientRequest
	// made is a developer's client, and kinds how the server misbehaves for it.
	made  *oidcv1.Client
	kinds []string
}

func (c *clients) ApplyClient(_ context.Context, r *oidcv1.ApplyClientRequest) (*oidcv1.ApplyClientResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[r.GetClient().GetClientId()] = r
	return &oidcv1.ApplyClientResponse{Client: r.GetClient()}, nil
}

func (c *clients) get(id string) *oidcv1.ApplyClientRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[id]
}

type world struct {
	*testkit.Env
	t       *testing.T
	ctx     context.Context
	site    *httptest.Server
	clients *clients
	sender  sandboxv1.SandboxServiceClient
	post    sandboxv1.SandboxServiceClient
}

func start(t *testing.T, vars map[string]string) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), clients: &clients{known: map[string]*oidcv1.ApplyClientRequest{}}}
	w.Env = testkit.Start(t, testkit.Options{Services: []boot.Service{
		sandbox.Service(),
		testkit.Fake("registry", &registryv1.RegistryService_ServiceDesc, registries{}),
		testkit.Fake("oidc", &oidcv1.OIDCService_ServiceDesc, w.clients),
	}, Vars: vars})
	w.connect()
	return w
}

func (w *world) connect() {
	w.sender = sandboxv1.NewSandboxServiceClient(w.Dial("notification", "sandbox"))
	w.post = sandboxv1.NewSandboxServiceClient(w.Dial("confirmation", "sandbox"))
	w.site = httptest.NewServer(w.HTTP("gateway", "sandbox"))
	w.t.Cleanup(w.site.Close)
}

func (w *world) sms(id, to, text string) {
	w.t.Helper()
	if _, err := w.sender.ReceiveSMS(w.ctx, &sandboxv1.ReceiveSMSRequest{MessageId: id, To: to, Text: text}); err != nil {
		w.t.Fatal(err)
	}
}

func parcel(id string) *sandboxv1.HandOverLetterRequest {
	return &sandboxv1.HandOverLetterRequest{
		LetterOrderId: id, TrackingNumber: number, Addressee: "Иванов Иван", Address: "101000, Москва",
		Contacts: []string{phone, email}, Pdf: []byte("%PDF-1.7 letter"), Text: "Код: L-7K2QM-9XWTR",
	}
}

func (w *world) handOver(id string) {
	w.t.Helper()
	if _, err := w.post.HandOverLetter(w.ctx, parcel(id)); err != nil {
		w.t.Fatal(err)
	}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (w *world) do(method, path, body string, header ...string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.ctx, method, w.site.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(data)}
}

type message struct {
	ID, Channel, To, Subject, Text, Code string
	SentTime                             time.Time
	Attachments                          []struct{ Name, ContentType, URL string }
}

func (w *world) messages(query string) []message {
	w.t.Helper()
	a := w.do("GET", "/sandbox/v1/messages?"+query, "")
	var out struct{ Messages []message }
	if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != http.StatusOK {
		w.t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return out.Messages
}

func wantProblem(t *testing.T, a answer, status int, code string) {
	t.Helper()
	var p struct {
		Type, Code string
		Status     int
	}
	_ = json.Unmarshal([]byte(a.body), &p)
	if a.status != status || p.Status != status || p.Code != code || p.Type != "urn:propusk:problem:"+code ||
		a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d %s, want problem %d %s", a.status, a.body, status, code)
	}
}

func TestMessagesReachThePhone(t *testing.T) {
	w := start(t, nil)
	w.sms("1", phone, "Код 123456. Никому не говорите.\n@localhost #123456")
	w.sms("1", phone, "the same message again")
	_, err := w.sender.ReceiveEmail(w.ctx, &sandboxv1.ReceiveEmailRequest{
		MessageId: "1", To: email, Subject: "Ссылка", Text: "https://id.example.ru/link/-654321-x", Html: "<b>Ссылка</b>",
	})
	if err != nil {
		t.Fatal(err)
	}
	all := w.messages("")
	if len(all) != 2 || all[0].Channel != "EMAIL" || all[1].Channel != "SMS" {
		t.Fatalf("got %v, want the e-mail, then the SMS", all)
	}
	if all[1].Code != "123456" || all[0].Code != "" {
		t.Errorf("codes %q and %q, want that of the SMS only", all[1].Code, all[0].Code)
	}
	for _, query := range []string{"to=8%20900%20123-45-67", "to=+79001234567", "channel=sms", "to=%2B79001234567&channel=SMS"} {
		if got := w.messages(query); len(got) != 1 || got[0].Channel != "SMS" || got[0].To != phone {
			t.Errorf("%s: %v, want the SMS", query, got)
		}
	}
	if got := w.messages("to=ivan@EXAMPLE.ru"); len(got) != 1 || got[0].Subject != "Ссылка" {
		t.Errorf("by e-mail: %v", got)
	}
	if got := w.messages("after=" + all[1].ID); len(got) != 1 || got[0].ID != all[0].ID {
		t.Errorf("after the SMS: %v, want the e-mail", got)
	}
	if got := w.messages("to=nobody@example.ru"); len(got) != 0 {
		t.Errorf("to nobody: %v", got)
	}
	html := w.do("GET", "/phone/messages/"+all[0].ID, "")
	if html.body != "<b>Ссылка</b>" || !strings.HasPrefix(html.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("HTML %s under %q", html.body, html.header.Get("Content-Security-Policy"))
	}
}

func TestLongPollWaitsForTheFirstThatMatches(t *testing.T) {
	w := start(t, nil)
	got := make(chan []message)
	go func() { got <- w.messages("to=" + url.QueryEscape(phone) + "&wait=20s") }()
	w.sms("other", "+79007654321", "not this one")
	w.sms("mine", phone, "this one")
	if m := <-got; len(m) != 1 || m[0].Text != "this one" {
		t.Errorf("got %v", m)
	}
	begin := time.Now()
	if m := w.messages("to=nobody@example.ru&wait=300ms"); len(m) != 0 || time.Since(begin) < 300*time.Millisecond {
		t.Errorf("got %v after %s, want nothing after the wait", m, time.Since(begin))
	}
}

func TestLetterTravelsToTheDoor(t *testing.T) {
	w := start(t, map[string]string{"PROPUSK_SANDBOX_LETTER_TIME": "0s"})
	moved := testkit.Watch[eventsv1.LetterMoved](w.Env)
	w.handOver("letter")
	w.handOver("letter")
	var states []string // in whatever order: events promise none
	for _, move := range moved.Wait(3) {
		states = append(states, move.GetState())
		if move.GetLetterOrderId() != "letter" {
			t.Errorf("%v is about another letter", move)
		}
	}
	if slices.Sort(states); !slices.Equal(states, []string{"AT_OFFICE", "DELIVERED", "IN_TRANSIT"}) {
		t.Errorf("it was %v", states)
	}
	for _, to := range []string{phone, email} {
		got := w.messages("wait=5s&to=" + url.QueryEscape(to))
		if len(got) != 1 || got[0].Channel != "LETTER" || got[0].Code != "L-7K2QM-9XWTR" || len(got[0].Attachments) != 1 {
			t.Fatalf("to %s: %v, want the letter once", to, got)
		}
		pdf := w.do("GET", got[0].Attachments[0].URL, "")
		if pdf.body != "%PDF-1.7 letter" || pdf.header.Get("Content-Type") != "application/pdf" {
			t.Errorf("attachment %s %s", pdf.header.Get("Content-Type"), pdf.body)
		}
	}
	page := w.do("GET", "/post/"+number, "")
	if page.status != http.StatusOK || strings.Count(page.body, "is-done") != 4 {
		t.Errorf("track: %d with %d steps done, want four", page.status, strings.Count(page.body, "is-done"))
	}
	if strings.Contains(page.body, "Иванов") {
		t.Error("the track tells the addressee to whoever guesses a number")
	}
	if got := w.do("GET", "/post/10100001000025", ""); got.status != http.StatusNotFound {
		t.Errorf("unknown number: %d, want 404", got.status)
	}
}

// Calls between services carry natural keys: repeated, also twenty at once or after a restart, they have one effect.
func TestRepeatedCallsHaveOneEffect(t *testing.T) {
	w := start(t, map[string]string{"PROPUSK_SANDBOX_LETTER_TIME": "1h"})
	id := secret.NewID().String()
	moved := testkit.Watch[eventsv1.LetterMoved](w.Env)
	repeat := func() {
		_, err := w.sender.ReceiveSMS(w.ctx, &sandboxv1.ReceiveSMSRequest{MessageId: "m1", To: phone, Text: "Код 123456"})
		if err != nil {
			t.Errorf("a repeated SMS: %v", err)
		}
		if _, err := w.post.HandOverLetter(w.ctx, parcel(id)); err != nil {
			t.Errorf("a repeated letter: %v", err)
		}
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(repeat)
	}
	all.Wait()
	w.Restart()
	w.connect()
	repeat()
	if got := w.messages(""); len(got) != 1 {
		t.Errorf("%d messages, want one", len(got))
	}
	if n := len(moved.Wait(1)); n != 1 {
		t.Errorf("%d moves, want to the post only", n)
	}
	for table, want := range map[string]int{"letters": 1, "moves": 2, "river_job": 2, "idempotency_keys": 0} {
		var n int
		if err := w.Pool().QueryRow(w.ctx, `SELECT count(*) FROM sandbox.`+table).Scan(&n); err != nil || n != want {
			t.Errorf("%s has %d rows, want %d: %v", table, n, want, err)
		}
	}
}

func TestDeliverAtOnce(t *testing.T) {
	w := start(t, map[string]string{"PROPUSK_SANDBOX_DELIVER_WAIT": "1s"})
	const early, unknown = "0190f8a0-0000-7000-8000-000000000001", "0190f8a0-0000-7000-8000-000000000002"
	moved := testkit.Watch[eventsv1.LetterMoved](w.Env)
	delivered := make(chan answer)
	go func() { delivered <- w.do("POST", "/sandbox/v1/letters/"+early+":deliver", "") }()
	w.handOver(early) // only now: the delivery has to wait for it
	if a := <-delivered; a.status != http.StatusNoContent {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if got := w.messages("to=" + url.QueryEscape(phone)); len(got) != 1 || got[0].Channel != "LETTER" {
		t.Errorf("got %v, want the letter", got)
	}
	if again := w.do("POST", "/sandbox/v1/letters/"+early+":deliver", ""); again.status != http.StatusNoContent {
		t.Errorf("again: %d", again.status)
	}
	if got := len(moved.Wait(3)); got != 3 {
		t.Errorf("%d moves, want three", got)
	}
	wantProblem(t, w.do("POST", "/sandbox/v1/letters/"+unknown+":deliver", ""), http.StatusNotFound, "LETTER_NOT_FOUND")
}

func TestSwitches(t *testing.T) {
	w := start(t, nil)
	set := func(body string) {
		t.Helper()
		if a := w.do("PUT", "/sandbox/v1/options", body); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	set(`{"drop":true}`)
	w.sms("lost", phone, "lost")
	set(`{"twice":true}`)
	w.sms("twice", phone, "twice")
	if got := w.messages(""); len(got) != 2 || got[0].Text != "twice" || got[1].Text != "twice" {
		t.Errorf("got %v, want two copies", got)
	}
	set(`{"delay":true}`)
	w.sms("late", phone, "late")
	if got := w.messages("after=2"); len(got) != 0 {
		t.Errorf("got %v, want nothing yet", got)
	}
	w.Clock.Advance(10 * time.Second)
	if got := w.messages("after=2"); len(got) != 1 || got[0].Text != "late" {
		t.Errorf("got %v, want the late one", got)
	}
	if a := w.do("GET", "/sandbox/v1/options", ""); a.body != `{"delay":true,"drop":false,"twice":false}` {
		t.Errorf("options %s", a.body)
	}
	form := w.do("POST", "/phone/options", "twice=on&to=%2B7", "Content-Type", "application/x-www-form-urlencoded")
	if form.status != http.StatusSeeOther || form.header.Get("Location") != "/phone?to=%2B7" {
		t.Errorf("form: %d to %s", form.status, form.header.Get("Location"))
	}
	foreign := w.do("POST", "/phone/options", "drop=on", "Content-Type", "application/x-www-form-urlencoded",
		"Sec-Fetch-Site", "cross-site")
	if foreign.status != http.StatusForbidden {
		t.Errorf("another site's form: %d, want 403", foreign.status)
	}
}

func TestSomebodyToBe(t *testing.T) {
	w := start(t, nil)
	all := w.personas("")
	if len(all) != 2 || all[0].Person["snils"] != "000-000-600 01" || all[0].Person["birthDate"] != "1990-12-31" || all[0].Passport["type"] != "RF_PASSPORT" ||
		all[0].Address["type"] != "REGISTRATION" || all[0].Fate != "matched" || all[0].Title["en"] != "The ordinary case" {
		t.Errorf("personas %v", all)
	}
	if a := w.do("GET", "/sandbox/v1/population/7", ""); !strings.Contains(a.body, `"issueCode":"770-001"`) {
		t.Errorf("person 7: %s", a.body)
	}
	wantProblem(t, w.do("GET", "/sandbox/v1/population/10", ""), http.StatusNotFound, "POPULATION_OUT_OF_RANGE")
	wantProblem(t, w.do("GET", "/sandbox/v1/population/x", ""), http.StatusNotFound, "POPULATION_OUT_OF_RANGE")
	page := w.do("GET", "/phone/people?n=7", "", "Accept-Language", "en-GB,en;q=0.9,ru;q=0.1")
	for _, want := range []string{"The ordinary case", "000-000-600 01", "31.12.1990", `lang="en"`, "Both authorities will confirm"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page of people has no %s", want)
		}
	}
}

type somebody struct {
	Person   map[string]string
	Passport map[string]string
	Address  map[string]string
	Fate     string
	Title    map[string]string
}

// personas reads the list page by page.
func (w *world) personas(query string) []somebody {
	w.t.Helper()
	var all []somebody
	for token := ""; ; {
		var page struct {
			Personas      []somebody
			NextPageToken string
		}
		a := w.do("GET", "/sandbox/v1/personas?pageToken="+token+query, "")
		if err := json.Unmarshal([]byte(a.body), &page); err != nil || a.status != http.StatusOK {
			w.t.Fatalf("%d %s: %v", a.status, a.body, err)
		}
		all = append(all, page.Personas...)
		if token = page.NextPageToken; token == "" {
			return all
		}
	}
}

func TestListsPage(t *testing.T) {
	w := start(t, nil)
	if all := w.personas("&pageSize=1"); len(all) != 2 || all[0].Person["snils"] == all[1].Person["snils"] {
		t.Errorf("personas %v", all)
	}
	for i := range 5 {
		w.sms(strconv.Itoa(i), phone, "message "+strconv.Itoa(i))
	}
	var texts []string
	query := "to=" + url.QueryEscape(phone) + "&pageSize=2"
	for token := ""; ; {
		var page struct {
			Messages      []message
			NextPageToken string
		}
		a := w.do("GET", "/sandbox/v1/messages?"+query+"&pageToken="+token, "")
		if err := json.Unmarshal([]byte(a.body), &page); err != nil || len(page.Messages) > 2 {
			t.Fatalf("%s: %v", a.body, err)
		}
		for _, m := range page.Messages {
			texts = append(texts, m.Text)
		}
		if token = page.NextPageToken; token == "" {
			break
		}
		for _, other := range []string{"personas?pageToken=", "messages?channel=SMS&pageToken="} {
			a := w.do("GET", "/sandbox/v1/"+other+token, "")
			wantProblem(t, a, http.StatusBadRequest, "VALIDATION_FAILED")
			if !strings.Contains(a.body, `{"pointer":"/pageToken","code":"PAGE_TOKEN_INVALID"}`) {
				t.Errorf("the token of another list: %s", a.body)
			}
		}
	}
	if want := []string{"message 4", "message 3", "message 2", "message 1", "message 0"}; !slices.Equal(texts, want) {
		t.Errorf("read %q, want %q", texts, want)
	}
}

func TestWrongRequestsGetProblems(t *testing.T) {
	w := start(t, nil)
	for _, c := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"GET", "/sandbox/v1/messages?channel=PIGEON", "", 400, "VALIDATION_FAILED"},
		{"GET", "/sandbox/v1/messages?wait=soon", "", 400, "VALIDATION_FAILED"},
		{"GET", "/sandbox/v1/messages?after=x", "", 400, "VALIDATION_FAILED"},
		{"GET", "/sandbox/v1/messages/1/attachments/letter.pdf", "", 404, "MESSAGE_NOT_FOUND"},
		{"GET", "/sandbox/v1/messages/x/attachments/letter.pdf", "", 404, "MESSAGE_NOT_FOUND"},
		{"POST", "/sandbox/v1/letters/1:deliver", "", 404, "LETTER_NOT_FOUND"},
		{"POST", "/sandbox/v1/letters/1:burn", "", 404, "NOT_FOUND"},
		{"PUT", "/sandbox/v1/options", `{"fire":true}`, 400, "VALIDATION_FAILED"},
		{"PUT", "/sandbox/v1/options", `{"drop":`, 400, "MALFORMED_JSON"},
		{"DELETE", "/sandbox/v1/messages", "", 405, "METHOD_NOT_ALLOWED"},
		{"GET", "/sandbox/v1/nothing", "", 404, "NOT_FOUND"},
	} {
		wantProblem(t, w.do(c.method, c.path, c.body), c.status, c.code)
	}
	for query, want := range map[string]string{
		"channel=PIGEON": "FIELD_UNKNOWN_VALUE", "wait=soon": "FIELD_MALFORMED", "after=x": "FIELD_MALFORMED",
		"pagesize=5": "FIELD_UNKNOWN", "to=1&to=2": "FIELD_REPEATED", "pageSize=x": "FIELD_TYPE", "pageSize=99999999999": "FIELD_OUT_OF_RANGE",
		"pageSize=101": `"limit":100`, "pageSize=-1": "FIELD_OUT_OF_RANGE", "pageToken=x": "PAGE_TOKEN_INVALID",
	} {
		name, _, _ := strings.Cut(query, "=")
		name, _, _ = strings.Cut(name, "&")
		if a := w.do("GET", "/sandbox/v1/messages?"+query, ""); !strings.Contains(a.body, want) || !strings.Contains(a.body, `"/`+name+`"`) {
			t.Errorf("%s: %s", query, a.body)
		}
	}
	a := w.do("PUT", "/sandbox/v1/options", `{"drop":"yes","twice":true,"twice":false,"fire":1}`)
	if want := `"errors":[{"pointer":"/drop","code":"FIELD_TYPE"},{"pointer":"/twice","code":"FIELD_REPEATED"},` +
		`{"pointer":"/fire","code":"FIELD_UNKNOWN"}]`; !strings.Contains(a.body, want) {
		t.Errorf("wrong switches: %s", a.body)
	}
	if got := w.do("DELETE", "/sandbox/v1/options", "").header.Get("Allow"); got != "GET, PUT" {
		t.Errorf("Allow: %s", got)
	}
}

func TestPhonePage(t *testing.T) {
	w := start(t, nil)
	w.sms("1", phone, "Код 123456 <script>alert(1)</script> https://id.example.ru/a?b=1.")
	page := w.do("GET", "/phone", "", "Accept-Language", "ru")
	for _, want := range []string{
		"Виртуальный телефон", "<mark>123456</mark>", `<output class="code"`, "&lt;script&gt;",
		`<a rel="noopener" href="https://id.example.ru/a?b=1">`, "Песочница.",
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	csp := page.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	if other := w.do("GET", "/phone?to=other@example.ru", ""); strings.Contains(other.body, "<mark>123456") {
		t.Error("the filter shows another's message")
	}
	for path, kind := range map[string]string{"phone.css": "text/css", "phone.js": "text/javascript"} {
		if a := w.do("GET", "/phone/static/"+path, ""); !strings.HasPrefix(a.header.Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s", path, a.status, a.header.Get("Content-Type"))
		}
	}
	for _, folder := range []string{"", "x/", "phone.css/", "%2e%2e/"} {
		if a := w.do("GET", "/phone/static/"+folder, ""); a.status != http.StatusNotFound || strings.Contains(a.body, "phone.js") {
			t.Errorf("/phone/static/%s: %d %s", folder, a.status, a.body)
		}
	}
	if a := w.do("GET", "/phone/nothing", "", "Cookie", "lang=en"); a.status != 404 || !strings.Contains(a.body, "Page not found") {
		t.Errorf("missing page: %d", a.status)
	}
}

func TestPhoneIsLive(t *testing.T) {
	w := start(t, nil)
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.site.URL+"/phone/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	events := bufio.NewScanner(resp.Body)
	next := func() string {
		for events.Scan() {
			if strings.HasPrefix(events.Text(), "data: ") {
				return events.Text()
			}
		}
		return "the stream ended"
	}
	if got := next(); got != "data: 0" {
		t.Errorf("first %q, want data: 0", got)
	}
	w.sms("1", phone, "hello")
	if got := next(); got != "data: 1" {
		t.Errorf("then %q, want data: 1", got)
	}
}

func TestStopsWhileSomebodyWaits(t *testing.T) {
	w := start(t, nil)
	got := make(chan answer, 1)
	go func() { got <- w.do("GET", "/sandbox/v1/messages?wait=50s", "") }()
	begin := time.Now()
	w.Restart()
	// Who comes when it is about to stop hears that it is away.
	a := <-got
	if waited := a.status == http.StatusOK && a.body == `{"messages":[]}`; !waited && a.status != http.StatusServiceUnavailable ||
		time.Since(begin) > 20*time.Second {
		t.Errorf("got %d %s after %s", a.status, a.body, time.Since(begin))
	}
}

func TestWhoMayCall(t *testing.T) {
	w := start(t, nil)
	stranger := sandboxv1.NewSandboxServiceClient(w.Dial("gateway", "sandbox"))
	_, sms := stranger.ReceiveSMS(w.ctx, &sandboxv1.ReceiveSMSRequest{MessageId: "1", To: phone})
	_, mail := w.post.ReceiveEmail(w.ctx, &sandboxv1.ReceiveEmailRequest{MessageId: "1", To: email})
	_, letter := w.sender.HandOverLetter(w.ctx, &sandboxv1.HandOverLetterRequest{LetterOrderId: "1"})
	for _, err := range []error{sms, mail, letter} {
		if !errs.Is(err, errorsv1.Reason_PERMISSION_DENIED) {
			t.Errorf("got %v, want PERMISSION_DENIED", err)
		}
	}
}
