package allinone_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// TestNothingLeaks walks the whole way and then looks for every code, token, password and piece of the person's data
// in the logs, in every table that is not the sandbox's, in Redis and in the streams.
func TestNothingLeaks(t *testing.T) {
	i := start(t)
	l := &leaks{t: t, i: i, secrets: map[string]string{}}
	s := i.citizen(1)
	s.Persona, s.Email = "000-000-600 20", "Canary.Kenar@primer-kanareyki.ru"
	s.HTTP = &http.Client{Transport: l}
	err := s.Walk(t.Context(), func(step string) error {
		l.person(s)
		l.lookAfter(step)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := journey.NewBrowser(i.url, l)
	if err != nil {
		t.Fatal(err)
	}
	p := journey.Partner{
		URL: i.url, HTTP: &http.Client{Transport: l},
		Scopes: []string{"profile", "email", "phone", "address", "snils", "id_doc", "offline_access"},
	}
	if _, err := p.Login(t.Context(), b, s.Phone); err != nil {
		t.Fatal(err)
	}
	if err := (&troubled{installation: i}).wrongGuesses(s); err != nil {
		t.Fatal(err)
	}
	l.lookAfter("everything")
	l.wouldFind(s)
	if len(l.secrets) < 30 {
		t.Errorf("only %d secrets came by: %v", len(l.secrets), slices.Sorted(maps.Keys(l.secrets)))
	}
}

// wrongGuesses makes refusals, which are logged.
func (w *troubled) wrongGuesses(s *journey.Story) error {
	ctx := context.Background()
	for path, in := range map[string]any{
		sessions:                        body{"login": s.Person.Person.SNILS, "password": "Kanareyka-9-Wrong!"},
		registrations:                   body{"lastName": s.Person.Person.LastName, "firstName": "1", "phone": s.Phone},
		registrations + "/x:verifyCode": body{"code": "734912"},
		redeemPath:                      body{"code": "L" + strings.Repeat("W", 10)},
		documentsPath:                   passport(s, "issueCode", "x"),
		"/v1/passwords:check":           body{"password": "Kanareyka-9-Wrong!"},
	} {
		if err := s.Call(ctx, "POST", path, in, nil); err == nil && path != "/v1/passwords:check" {
			return fmt.Errorf("%s was accepted", path)
		}
	}
	if err := s.Call(ctx, "PATCH", personPath, body{"lastName": "Kanareykina"}, nil); !journey.IsProblem(err, "VERIFIED_DATA_LOCKED") {
		return fmt.Errorf("an edit: %w", err)
	}
	return nil
}

// leaks collects secrets as they pass, and looks for them where they must not be.
type leaks struct {
	t *testing.T
	i *installation

	mu sync.Mutex
	// secrets by value, with where they came from.
	secrets map[string]string
}

func (l *leaks) add(what, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(value) >= 6 {
		l.secrets[value] = what
	}
}

// person adds what the person has typed, in the spellings it may be kept in.
func (l *leaks) person(s *journey.Story) {
	p, d := s.Person.Person, s.Person.Passport
	for what, value := range map[string]string{
		"password": journey.Password, "wrong password": "Kanareyka-9-Wrong!", "wrong code": "734912", "refused name": "Kanareykina",
		"phone": s.Phone, "phone's digits": digits(s.Phone), "phone as people write it": "900 000-00-01",
		"e-mail": s.Email, "e-mail's key": strings.ToLower(s.Email), "host": "primer-kanareyki.ru",
		"last name": p.LastName, "first name": p.FirstName, "middle name": p.MiddleName, "birth place": p.BirthPlace,
		"birth date": p.BirthDate, "SNILS": p.SNILS, "SNILS's digits": digits(p.SNILS), "SNILS as people write it": "000-000-600 20",
		"passport": d.Series + d.Number, "passport's number": d.Number, "issuer": d.IssuedBy, "issue date": d.IssueDate,
		"issue code": d.IssueCode, "street": s.Person.Address["street"], "city": s.Person.Address["city"],
	} {
		l.add(what, value)
	}
}

// RoundTrip adds what answers give: cookies, tokens, codes.
func (l *leaks) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, c := range resp.Cookies() {
		if c.Name != "lang" {
			l.add("cookie "+c.Name, c.Value)
		}
	}
	if to, err := url.Parse(resp.Header.Get("Location")); err == nil {
		for _, name := range []string{"code", "ticket", "token"} {
			l.add(name+" in an address", to.Query().Get(name))
		}
	}
	raw, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	if resp.StatusCode < http.StatusBadRequest {
		for _, m := range secretMembers.FindAllSubmatch(raw, -1) {
			l.add(string(m[1]), string(m[2]))
		}
		for _, m := range link.FindAllSubmatch(raw, -1) {
			l.add("link", string(m[2]))
		}
	}
	return resp, err
}

var secretMembers = regexp.MustCompile(`"(code|token|completionToken|access_token|refresh_token|id_token)":\s*"([^"]+)"`)

// lookAfter looks everywhere.
func (l *leaks) lookAfter(step string) {
	l.t.Helper()
	places := map[string]string{"the logs": withoutNumbers(l.i.Logs())}
	l.tables(places, "nspname <> 'sandbox'")
	l.redis(places)
	l.streams(places)
	if step == "everything" && (len(places) < 50 || places["the logs"] == "" || places["stream PROPUSK_REGISTRATION_RECORDS"] == "") {
		l.t.Errorf("after %q there are only %d places to look at", step, len(places))
	}
	for name, content := range places {
		for _, what := range l.in(content) {
			l.t.Errorf("after %q: %s: in %s", step, what, name)
		}
	}
}

// wouldFind is whether looking finds anything at all: the sandbox keeps messages in the open.
func (l *leaks) wouldFind(s *journey.Story) {
	l.t.Helper()
	places := map[string]string{}
	l.tables(places, "nspname = 'sandbox'")
	found := l.in(places["table sandbox.messages"])
	for _, what := range []string{"phone", "code"} {
		if !slices.Contains(found, what) {
			l.t.Errorf("the %s of %d is not found where it is: %v", what, s.N, found)
		}
	}
	if n := len(places); n == 0 {
		l.t.Error("there are no tables")
	}
}

// in names the secrets that a text holds, as they are, in hexadecimal (bytes of a table) or in base64.
func (l *leaks) in(text string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for value, what := range l.secrets {
		encoded := strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(value)), "=")
		if standsAlone(text, value) || strings.Contains(text, hex.EncodeToString([]byte(value))) ||
			len(encoded) > 16 && strings.Contains(text, encoded) {
			found = append(found, what)
		}
	}
	return found
}

// standsAlone finds a value that is not a part of a longer number or word: six digits may be those of any id.
func standsAlone(text, value string) bool {
	if strings.Trim(value, "0123456789-") != "" {
		return strings.Contains(text, value)
	}
	return regexp.MustCompile(`(^|[^0-9A-Za-z.:-])` + regexp.QuoteMeta(value) + `($|[^0-9A-Za-z.:-])`).MatchString(text)
}

// withoutNumbers leaves out times and durations: six digits may be a coincidence.
func withoutNumbers(logs string) string { return numbers.ReplaceAllString(logs, `":0`) }

var numbers = regexp.MustCompile(`":-?[0-9.e+-]+`)

// tables puts every table's rows into places.
func (l *leaks) tables(places map[string]string, where string) {
	l.t.Helper()
	ctx := context.Background()
	rows, err := l.i.Pool().Query(ctx, `SELECT nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
		WHERE relkind IN ('r', 'p') AND nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema' AND `+where)
	if err != nil {
		l.t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Schema, Table string }])
	if err != nil {
		l.t.Fatal(err)
	}
	for _, n := range names {
		var content string
		sql := `SELECT coalesce(string_agg(t::text, E'\n'), '') FROM ` + pgx.Identifier{n.Schema, n.Table}.Sanitize() + ` t`
		if err := l.i.Pool().QueryRow(ctx, sql).Scan(&content); err != nil {
			l.t.Fatal(err)
		}
		places["table "+n.Schema+"."+n.Table] = content
	}
}

func (l *leaks) redis(places map[string]string) {
	l.t.Helper()
	ctx := context.Background()
	keys, err := l.i.Redis.Keys(ctx, "*").Result()
	if err != nil {
		l.t.Fatal(err)
	}
	var all strings.Builder
	for _, key := range keys {
		all.WriteString(key + "\n")
		value, err := l.i.Redis.Do(ctx, map[string]string{"hash": "HGETALL", "string": "GET"}[l.i.Redis.Type(ctx, key).Val()], key).Result()
		if err != nil {
			l.t.Fatalf("%s: %v", key, err)
		}
		fmt.Fprintln(&all, value)
	}
	places["Redis"] = all.String()
}

func (l *leaks) streams(places map[string]string) {
	l.t.Helper()
	ctx := context.Background()
	nc, err := l.i.NATS.Connect()
	if err != nil {
		l.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		l.t.Fatal(err)
	}
	names := js.StreamNames(ctx)
	for name := range names.Name() {
		stream, err := js.Stream(ctx, name)
		if err != nil {
			l.t.Fatal(err)
		}
		var all strings.Builder
		last := stream.CachedInfo().State.LastSeq
		for seq := stream.CachedInfo().State.FirstSeq; seq > 0 && seq <= last; seq++ {
			m, err := stream.GetMsg(ctx, seq)
			if err != nil {
				l.t.Fatal(err)
			}
			header, err := json.Marshal(m.Header)
			if err != nil {
				l.t.Fatal(err)
			}
			all.WriteString(m.Subject + string(header) + string(m.Data) + "\n")
		}
		places["stream "+name] = all.String()
	}
	if err := names.Err(); err != nil {
		l.t.Fatal(err)
	}
}
