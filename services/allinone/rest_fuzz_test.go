package allinone_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// fuzzFor is how long TestFuzzREST sends; `make test-api` sends for ten minutes.
var fuzzFor = flag.Duration("rest.fuzz", time.Minute, "how long the REST API is sent what its description does and does not allow")

// fuzzers send at the same time.
const fuzzers = 4

// TestFuzzREST sends every operation what its description allows, bent and broken in every member. No answer is a failure of
// the server's, none has a status or a shape that is not described, and every operation is reached.
func TestFuzzREST(t *testing.T) {
	t.Parallel()
	i := start(t)
	d := describe(t, i.url)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	all := make([]*fuzzer, fuzzers)
	seen := make([]map[string]map[string]int, fuzzers)
	for n := range all { // nobody sends before all have signed up: a sandbox can be told to lose messages
		seen[n] = map[string]map[string]int{}
		all[n] = &fuzzer{installation: i, d: d, rand: rand.New(rand.NewPCG(seed, uint64(n))), seen: seen[n], faults: map[string]bool{}}
		all[n].begin(7000+n, n%2 == 0)
	}
	var wg sync.WaitGroup
	for _, f := range all {
		wg.Go(f.run)
	}
	wg.Wait()
	reached(t, d, seen)
}

// reached says which operations never got as far as what they do: they neither succeeded nor refused for a reason of their
// own.
func reached(t *testing.T, d *description, all []map[string]map[string]int) {
	t.Helper()
	total := 0
	for _, o := range d.operations {
		sum, in := map[string]int{}, false
		for _, seen := range all {
			for outcome, n := range seen[o.id] {
				sum[outcome] += n
				total += n
				in = in || !slices.Contains(atTheEdge, outcome)
			}
		}
		t.Logf("%s: %v", o.id, sum)
		if !in {
			t.Errorf("%s was never reached", o.id)
		}
	}
	t.Logf("%d calls", total)
}

// atTheEdge are the outcomes of calls that the gateway has stopped.
var atTheEdge = []string{
	"VALIDATION_FAILED", "REQUEST_MALFORMED", "MALFORMED_JSON", "UNAUTHENTICATED", "SESSION_ENDED", "PAYLOAD_TOO_LARGE",
	"UNSUPPORTED_MEDIA_TYPE", "IDEMPOTENCY_KEY_INVALID", "IF_MATCH_MALFORMED", "RATE_LIMITED",
}

// fuzzer is one sender, signed in as a person of its own.
type fuzzer struct {
	*installation
	d     *description
	rand  *rand.Rand
	token string
	login string
	// ids are those that answers named: they get a call behind the search for what it is about.
	ids []string
	// seen are the outcomes by operation: the code of a refusal, or the status of a success.
	seen map[string]map[string]int
	// faults are the operations and statuses that a fault was told of: one of a kind is enough.
	faults map[string]bool
}

// begin signs somebody up, and in; with a confirmed account nothing about the person can be changed, with a new one anything.
func (f *fuzzer) begin(n int, confirmed bool) {
	s := f.citizen(n)
	steps := journey.Steps()
	if !confirmed {
		steps = steps[:signedIn]
	}
	for _, step := range steps {
		if err := step.Do(s, f.t.Context()); err != nil {
			f.t.Fatalf("%s: %v", step.Name, err)
		}
	}
	f.login = s.Phone
	f.signIn()
}

func (f *fuzzer) signIn() {
	body := f.json(map[string]string{"login": f.login, "password": journey.Password})
	resp, err := http.Post(f.url+"/v1/sessions", "application/json", bytes.NewReader(body))
	if err != nil {
		f.t.Error(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	var session struct{ Token string }
	_ = json.NewDecoder(resp.Body).Decode(&session)
	f.token = session.Token // empty when sign-ins are slowed down: calls go on as nobody's until then
}

func (f *fuzzer) run() {
	for _, o := range f.d.operations { // what is random may never come past the edge in a short run
		f.try(o, f.usual)
	}
	for until := time.Now().Add(*fuzzFor); time.Now().Before(until); {
		f.try(f.d.operations[f.rand.IntN(len(f.d.operations))], f.request)
	}
}

var fuzzClient = &http.Client{Timeout: time.Minute}

func (f *fuzzer) try(o operation, build func(operation) (*http.Request, string)) {
	req, sent := build(o)
	if req == nil {
		return
	}
	a, err := send(fuzzClient, req)
	if err != nil {
		f.t.Errorf("%s: %v", sent, err)
		return
	}
	f.judge(o, sent, a)
}

func (f *fuzzer) judge(o operation, sent string, a replied) {
	if f.seen[o.id] == nil {
		f.seen[o.id] = map[string]int{}
	}
	f.seen[o.id][outcome(a)]++
	if a.status >= http.StatusInternalServerError {
		f.fault(o, a, sent, errors.New("a failure of the server's"))
	} else if err := f.d.check(o, a); err != nil {
		f.fault(o, a, sent, err)
	}
	f.learn(a.body)
	if a.status == http.StatusUnauthorized || o.id == "deleteSession" {
		f.signIn()
	}
}

// outcome is the code of a refusal, or the status of a success.
func outcome(a replied) string {
	var problem struct{ Code string }
	if a.status < http.StatusBadRequest || json.Unmarshal(a.body, &problem) != nil {
		return strconv.Itoa(a.status)
	}
	return problem.Code
}

func (f *fuzzer) fault(o operation, a replied, sent string, err error) {
	kind := fmt.Sprint(o.id, a.status)
	if !f.faults[kind] {
		f.t.Errorf("%s\nis answered %s\n%v", sent, a, err)
	}
	f.faults[kind] = true
}

// learn keeps ids out of an answer.
func (f *fuzzer) learn(body []byte) {
	var o map[string]any
	if json.Unmarshal(body, &o) != nil {
		return
	}
	if id, ok := o["id"].(string); ok && len(f.ids) < 1000 {
		f.ids = append(f.ids, id)
	}
}

// usual makes the call of the description's example, and the words to repeat it with.
func (f *fuzzer) usual(o operation) (*http.Request, string) {
	var body []byte
	if media := inside(o.spec, "requestBody", "content", "application/json"); media != nil {
		body = f.json(media["example"])
	}
	return f.call(o, f.path(o, allowed), body, func(req *http.Request) {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+f.token)
	})
}

// request makes a call, mostly right, and the words to repeat it with.
func (f *fuzzer) request(o operation) (*http.Request, string) {
	return f.call(o, f.path(o, f.segment)+f.query(o), f.body(o), func(req *http.Request) { f.setHeaders(req, o) })
}

// longestTarget leaves room for headers below what the server reads of a request's head. Of a longer one it stops reading,
// answers 431 and hangs up, and a client that is still sending may see only that the connection is gone.
const longestTarget = 120 << 10

func (f *fuzzer) call(o operation, target string, body []byte, head func(*http.Request)) (*http.Request, string) {
	req, err := http.NewRequest(o.method, f.url+target, bytes.NewReader(body))
	if err != nil || len(target) > longestTarget {
		return nil, "" // no address that a client could send
	}
	head(req)
	return req, fmt.Sprintf("%s %s\n%v\n%q", o.method, target, req.Header, body)
}

func (f *fuzzer) setHeaders(req *http.Request, o operation) {
	req.Header.Set("Content-Type", f.mostly("application/json", "text/plain", "application/json; charset=latin-1", "", "application/merge-patch+json"))
	if f.token != "" && !f.seldom() {
		req.Header.Set("Authorization", "Bearer "+f.mostly(f.token, "", "none", strings.Repeat("x", 2000)))
	}
	if f.rand.IntN(3) == 0 {
		req.Header.Set("Idempotency-Key", f.mostly(uuid.NewString(), "short", strings.Repeat("k", 129), "same-key-again", "ключ-не-латиницей"))
	}
	if o.method == http.MethodPatch && f.rand.IntN(3) == 0 {
		req.Header.Set("If-Match", f.mostly(`"1"`, "*", `W/"1"`, `"a", "b"`, "bare", strings.Repeat("e", 100)))
	}
	req.Header.Set("Accept-Language", f.mostly("en", "ru", "zh", "*", "en;q=x", strings.Repeat("a,", 500)))
}

// mostly is the first, and sometimes one of the others.
func (f *fuzzer) mostly(usual string, others ...string) string {
	if f.rand.IntN(12) > 0 {
		return usual
	}
	return others[f.rand.IntN(len(others))]
}

func (f *fuzzer) seldom() bool { return f.rand.IntN(12) == 0 }

// parameters are those of an operation that stand in a place, by name.
func (f *fuzzer) parameters(o operation, in string) []map[string]any {
	var out []map[string]any
	all, _ := o.spec["parameters"].([]any)
	for _, p := range all {
		if param, _ := p.(map[string]any); param["in"] == in {
			out = append(out, param)
		}
	}
	return out
}

// path is an operation's with every parameter given a segment.
func (f *fuzzer) path(o operation, segment func(schema map[string]any) string) string {
	path := o.path
	for _, p := range f.parameters(o, "path") {
		name, _ := p["name"].(string)
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(segment(inside(p, "schema"))))
	}
	return path
}

// allowed is a segment that the edge lets through.
func allowed(schema map[string]any) string {
	if schema["type"] == "integer" || schema["pattern"] != nil {
		return "1"
	}
	return uuid.NewString()
}

func (f *fuzzer) segment(map[string]any) string {
	if len(f.ids) > 0 && f.rand.IntN(3) > 0 {
		return f.ids[f.rand.IntN(len(f.ids))]
	}
	others := []string{uuid.NewString(), "1", "0", "-1", "99999999999999999999", "x", "ы", strings.Repeat("9", 300), " ", "a:b"}
	return others[f.rand.IntN(len(others))]
}

func (f *fuzzer) query(o operation) string {
	values := url.Values{}
	for _, p := range f.parameters(o, "query") {
		name, _ := p["name"].(string)
		if f.rand.IntN(2) == 0 && name != "wait" { // waiting is no work
			values.Add(name, f.parameter(p))
		}
	}
	if f.seldom() {
		values.Add(f.mostly("unknown", "pagesize", "accountId", "ы"), "1")
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

func (f *fuzzer) parameter(p map[string]any) string {
	if f.rand.IntN(2) == 0 {
		return fmt.Sprint(f.value(inside(p, "schema"), 0))
	}
	others := []string{"", "0", "-1", "1", "50", "99999999999", "x", "\x00", "ы", uuid.NewString()}
	return others[f.rand.IntN(len(others))]
}

// body is what an operation takes, whole or with one thing wrong in it.
func (f *fuzzer) body(o operation) []byte {
	media := inside(o.spec, "requestBody", "content", "application/json")
	if media == nil {
		if f.seldom() {
			return []byte(f.mostly("{}", "null", "[]", "{"))
		}
		return nil
	}
	return f.breakText(f.json(f.bend(media["example"], inside(media, "schema"))))
}

func (f *fuzzer) json(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		f.t.Error(err)
	}
	return data
}

// bend changes members of the example: some go, some become anything that the schema allows, or does not.
func (f *fuzzer) bend(example any, schema map[string]any) any {
	members, ok := example.(map[string]any)
	if !ok || f.seldom() {
		return f.value(schema, 0)
	}
	out := maps.Clone(members)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		switch f.rand.IntN(12) {
		case 0:
			delete(out, name)
		case 1:
			out[name] = f.value(inside(f.resolve(schema), "properties", name), 0)
		case 2:
			out[name] = f.anything(0)
		}
	}
	if f.seldom() {
		out[f.mostly("unknown", "accountId", "lastNam", "", "ы", "__proto__")] = f.anything(0)
	}
	return out
}

func (f *fuzzer) resolve(schema map[string]any) map[string]any {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	return inside(f.d.doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
}

// value is something that a schema allows, as far as its type goes.
func (f *fuzzer) value(schema map[string]any, depth int) any {
	schema = f.resolve(schema)
	if values, ok := schema["enum"].([]any); ok {
		return values[f.rand.IntN(len(values))]
	}
	if examples, ok := schema["examples"].([]any); ok && f.rand.IntN(2) == 0 {
		return examples[f.rand.IntN(len(examples))]
	}
	switch schema["type"] {
	case "object":
		return f.objectOf(schema, depth)
	case "array":
		out := []any{}
		for range f.rand.IntN(4) {
			out = append(out, f.value(inside(schema, "items"), depth+1))
		}
		return out
	case "integer", "number":
		return f.number()
	case "boolean":
		return f.rand.IntN(2) == 0
	default:
		return f.text()
	}
}

func (f *fuzzer) objectOf(schema map[string]any, depth int) any {
	out := map[string]any{}
	for name := range inside(schema, "properties") {
		if f.rand.IntN(4) > 0 && depth < 4 {
			out[name] = f.value(inside(schema, "properties", name), depth+1)
		}
	}
	return out
}

func (f *fuzzer) anything(depth int) any {
	kinds := []func() any{
		func() any { return nil }, func() any { return f.number() }, func() any { return f.text() }, func() any { return true },
		func() any { return []any{f.text(), f.number()} },
		func() any { return map[string]any{f.text(): f.text()} },
		func() any { return f.deep(depth + 1) },
	}
	return kinds[f.rand.IntN(len(kinds))]()
}

func (f *fuzzer) deep(depth int) any {
	var out any = "bottom"
	for range 5 + 100*f.rand.IntN(2*depth) {
		out = []any{out}
	}
	return out
}

func (f *fuzzer) number() any {
	all := []any{0, -1, 1, 1.5, 2147483648, 1e300, json.Number("99999999999999999999999"), json.Number("-0")}
	return all[f.rand.IntN(len(all))]
}

func (f *fuzzer) text() string {
	all := []string{
		"", " ", "Анна", "O'Neil", "a\x00b", "\u202eabc", "👩‍👩‍👧", strings.Repeat("я", 400), strings.Repeat("a", 70000), "2024-02-30", "0001-01-01",
		"1990-12-31", "<script>", "'; DROP TABLE persons; --", "{{.}}", "+79161234567", "112-233-445 95", uuid.NewString(), "\r\nX: y", "٣٣٣٣٣٣",
	}
	return all[f.rand.IntN(len(all))]
}

// breakText breaks the JSON itself, sometimes.
func (f *fuzzer) breakText(body []byte) []byte {
	if !f.seldom() {
		return body
	}
	switch f.rand.IntN(6) {
	case 0:
		return body[:f.rand.IntN(len(body)+1)]
	case 1:
		return append(body, body...)
	case 2:
		return append(slices.Clone(body), " trailing"...)
	case 3:
		return bytes.Replace(body, []byte(`"`), []byte("\"\xff"), 1)
	case 4:
		return bytes.Replace(body, []byte("{"), []byte(`{"a":1,"a":2,`), 1)
	default:
		return bytes.Repeat([]byte("["), 20000)
	}
}
