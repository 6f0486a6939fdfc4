package allinone_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

// troubled is an installation whose clock stands still until a test moves it.
type troubled struct {
	*installation
	people int
}

func startTroubled(t *testing.T) *troubled { return startTroubledWith(t, nil) }

func startTroubledWith(t *testing.T, more map[string]string) *troubled {
	t.Helper()
	addr := freeAddress(t)
	vars := quick()
	maps.Copy(vars, map[string]string{
		"PROPUSK_GATEWAY_LISTEN": addr, "PUBLIC_URL": "http://" + addr,
		// A registry that stays silent is given up soon and asked again as soon as the clock moves; the breaker must
		// not see one test's trouble in another.
		"PROPUSK_VERIFICATION_CALL_TIMEOUT": "1s", "PROPUSK_VERIFICATION_RETRY_FIRST": "100ms",
		// Tests let months go by, and the sweep still asks about every sign-up.
		"PROPUSK_REGISTRATION_KEEP_ENDED": "87600h",
		"PROPUSK_VERIFICATION_RETRY_MAX":  "100ms", "PROPUSK_VERIFICATION_BREAKER_CALLS": "100000",
	})
	maps.Copy(vars, more)
	e := testkit.Start(t, testkit.Options{Services: allinone.Services(), Vars: vars})
	return &troubled{installation: &installation{Env: e, t: t, url: "http://" + addr}, people: 1000}
}

// with is the installation for a subtest.
func (w *troubled) with(t *testing.T) *troubled {
	i := *w.installation
	i.t = t
	w.people += 100 // nobody meets a person of another subtest
	return &troubled{installation: &i, people: w.people}
}

func (w *troubled) flushRedis() {
	w.t.Helper()
	if err := w.Redis.FlushAll(context.Background()).Err(); err != nil {
		w.t.Fatal(err)
	}
}

// somebody is the next person, who has not begun anything.
func (w *troubled) somebody() *journey.Story {
	w.people++
	return w.citizen(w.people)
}

// persona is somebody with a fixed scenario.
func (w *troubled) persona(snils string) *journey.Story {
	s := w.somebody()
	s.Persona = snils
	return s
}

// How many of the journey's steps somebody has taken.
const (
	chosen       = 1
	signedIn     = 5
	filledIn     = 7
	verified     = 8
	orderedMail  = 9
	receivedMail = 10
)

func (w *troubled) until(steps int, s *journey.Story) *journey.Story {
	w.t.Helper()
	for _, step := range journey.Steps()[:steps] {
		if err := step.Do(s, context.Background()); err != nil {
			w.t.Fatal(step.Name, err)
		}
	}
	return s
}

// who lets somebody take the first steps.
func (w *troubled) who(steps int) *journey.Story {
	w.t.Helper()
	return w.until(steps, w.somebody())
}

// answer is what came over HTTP, a problem document taken apart.
type answer struct {
	t          *testing.T
	what       string
	status     int
	header     http.Header
	raw        []byte
	Code       string
	Title      string
	Detail     string
	RetryAfter time.Duration
	Errors     []fieldProblem
}

type fieldProblem struct{ Pointer, Code, Detail string }

// asked is one request to be.
type asked struct {
	token, key, language string
	header               http.Header
}

type option func(*asked)

func by(s *journey.Story) option      { return func(a *asked) { a.token = s.Token } }
func withToken(token string) option   { return func(a *asked) { a.token = token } }
func withKey(key string) option       { return func(a *asked) { a.key = key } }
func in(language string) option       { return func(a *asked) { a.language = language } }
func withHeader(k, v string) option   { return func(a *asked) { a.header.Set(k, v) } }
func form(pairs ...string) url.Values { return change(url.Values{}, pairs...) }

// change sets values by pairs; an empty value removes.
func change(v url.Values, pairs ...string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	return v
}

// asis never follows redirects and keeps no cookies.
var asis = &http.Client{
	Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// ask sends a request once: body is JSON, or a form when it is url.Values, or nothing when it is nil.
func (w *troubled) ask(method, path string, body any, options ...option) answer {
	w.t.Helper()
	a := asked{key: uuid.NewString(), language: "en", header: http.Header{}}
	for _, o := range options {
		o(&a)
	}
	content, kind := w.encode(body)
	r, err := http.NewRequestWithContext(context.Background(), method, w.url+path, content)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header, r.Host = a.header, a.header.Get("Host")
	r.Header.Set("Accept-Language", a.language)
	if method != http.MethodGet {
		r.Header.Set("Idempotency-Key", a.key)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	resp, err := asis.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.read(method+" "+path, resp)
}

func (w *troubled) encode(body any) (content io.Reader, kind string) {
	w.t.Helper()
	switch b := body.(type) {
	case nil:
		return http.NoBody, ""
	case url.Values:
		return bytes.NewReader([]byte(b.Encode())), "application/x-www-form-urlencoded"
	default:
		text, err := json.Marshal(b)
		if err != nil {
			w.t.Fatal(err)
		}
		return bytes.NewReader(text), "application/json"
	}
}

func (w *troubled) read(what string, resp *http.Response) answer {
	w.t.Helper()
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	out := answer{t: w.t, what: what, status: resp.StatusCode, header: resp.Header, raw: raw}
	if resp.Header.Get("Content-Type") == "application/problem+json" {
		out.into(&out)
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		out.RetryAfter = time.Duration(s) * time.Second
	}
	return out
}

func (a answer) into(out any) {
	a.t.Helper()
	if err := json.Unmarshal(a.raw, out); err != nil {
		a.t.Fatalf("%s: %v: %s", a.what, err, a.raw)
	}
}

// field is a member of the answer, as text.
func (a answer) field(name string) string {
	a.t.Helper()
	all := map[string]any{}
	a.into(&all)
	s, _ := all[name].(string)
	return s
}

func (a answer) String() string {
	return fmt.Sprintf("%s: %d %s %v, retry after %s: %s", a.what, a.status, a.Code, a.Errors, a.RetryAfter, a.raw)
}

// ok asks for a success.
func (a answer) ok(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("got %s, want %d", a, status)
	}
	return a
}

// refused asks for a problem.
func (a answer) refused(status int, code string) answer {
	a.t.Helper()
	if a.status != status || a.Code != code {
		a.t.Fatalf("got %s, want %d %s", a, status, code)
	}
	return a
}

// after asks for a Retry-After of this length.
func (a answer) after(d time.Duration) answer {
	a.t.Helper()
	if a.RetryAfter != d {
		a.t.Errorf("got %s, want to wait %s", a, d)
	}
	return a
}

// fields asks for VALIDATION_FAILED about exactly these members: pointer, code, pointer, code.
func (a answer) fields(pairs ...string) answer {
	a.t.Helper()
	a.refused(http.StatusBadRequest, "VALIDATION_FAILED")
	var got []string
	for _, f := range a.Errors {
		got = append(got, f.Pointer, f.Code)
		if f.Detail == "" {
			a.t.Errorf("no words about %s %s", f.Pointer, f.Code)
		}
	}
	if !reflect.DeepEqual(got, pairs) {
		a.t.Errorf("%s: got %v, want %v", a.what, got, pairs)
	}
	return a
}

// alike asks that two answers differ in nothing but the request's own marks.
func alike(t *testing.T, a, b answer) {
	t.Helper()
	if a.status != b.status || a.RetryAfter != b.RetryAfter || !reflect.DeepEqual(a.shape(), b.shape()) {
		t.Errorf("answered differently:\n%s\n%s", a, b)
	}
	for _, name := range []string{"Content-Type", "Cache-Control", "Www-Authenticate", "Content-Language"} {
		if a.header.Get(name) != b.header.Get(name) {
			t.Errorf("header %s: %q and %q", name, a.header.Get(name), b.header.Get(name))
		}
	}
}

// shape is the body without what is every request's own.
func (a answer) shape() map[string]any {
	all := map[string]any{}
	a.into(&all)
	for _, own := range []string{"requestId", "instance", "id", "destination"} {
		if all[own] != nil {
			all[own] = "…"
		}
	}
	return all
}

// inbox waits until n messages have come to a contact and gives all, newest first.
func (w *troubled) inbox(to, channel string, n int) []journey.Message {
	w.t.Helper()
	var all journey.Messages
	query := url.Values{"to": {to}, "channel": {channel}}
	testkit.Eventually(w.t, fmt.Sprintf("%d messages to %s", n, to), func() bool {
		w.ask("GET", "/sandbox/v1/messages?"+query.Encode(), nil).ok(http.StatusOK).into(&all)
		return len(all.Messages) >= n
	})
	return all.Messages
}

// code is that of the n-th SMS to a phone.
func (w *troubled) code(phone string, n int) string {
	w.t.Helper()
	code := w.inbox(phone, "SMS", n)[0].Code
	if len(code) != 6 {
		w.t.Fatalf("message %d to %s has no code", n, phone)
	}
	return code
}

// wrong is another code of the same form.
func wrong(code string) string {
	last := code[len(code)-1]
	return code[:len(code)-1] + string(cmp.Or(map[byte]byte{'9': '0', 'Z': '2', 'z': '2'}[last], nextCharacter(last)))
}

// nextCharacter stays among those that Crockford's base32 has.
func nextCharacter(c byte) byte {
	const all = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	for i := range len(all) - 1 {
		if all[i] == c {
			return all[i+1]
		}
	}
	return '0'
}

// count asks the database.
func (w *troubled) count(sql string, args ...any) int {
	w.t.Helper()
	var n int
	if err := w.Pool().QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}
