package domain

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"
	"time"

	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

func TestKeysFollowOneAnother(t *testing.T) {
	p := KeyPolicy{Life: 7 * 24 * time.Hour, Publish: 24 * time.Hour}
	born := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	keys := []KeyTime{{NotBefore: born}}
	day := func(n int) time.Time { return born.Add(time.Duration(n) * 24 * time.Hour) }
	if begin, due := p.Next(nil, time.Time{}, born); !due || !begin.Equal(born) {
		t.Error("the first key is not due at once")
	}
	if _, due := p.Next(keys, time.Time{}, day(6).Add(-1)); due {
		t.Error("a key is due too early")
	}
	if begin, due := p.Next(keys, time.Time{}, day(6)); !due || !begin.Equal(day(7)) {
		t.Errorf("due %v, begins %s", due, begin)
	}
	if begin, due := p.Next(keys, time.Time{}, day(30)); !due || !begin.Equal(day(31)) {
		t.Errorf("after a long sleep: due %v, begins %s: never before it was published a day", due, begin)
	}
	if begin, due := p.Next(keys, day(2), day(2)); !due || !begin.Equal(day(3)) {
		t.Errorf("wanted by an operator: due %v, begins %s", due, begin)
	}
	keys = append(keys, KeyTime{NotBefore: day(7)})
	if _, due := p.Next(keys, day(2), day(3)); due {
		t.Error("what an operator wanted is done twice")
	}
	for at, want := range map[time.Time]struct {
		signing   int
		published []bool
	}{
		day(6): {0, []bool{true, true}}, day(7).Add(-1): {0, []bool{true, true}}, day(7): {1, []bool{true, true}},
		day(8).Add(-1): {1, []bool{true, true}}, day(8): {1, []bool{false, true}},
	} {
		published := []bool{p.Published(keys, 0, at), p.Published(keys, 1, at)}
		if got := Signing(keys, at); got != want.signing || !slices.Equal(published, want.published) {
			t.Errorf("%s: key %d signs, published %v", at, got, published)
		}
	}
}

func TestStatusOfARefreshTokenDependsOnItsGeneration(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	g := Grant{Generation: 5, RotatedAt: now, ExpireTime: now.Add(time.Hour)}
	const grace = 10 * time.Second
	for _, c := range []struct {
		generation int64
		after      time.Duration
		want       RefreshStatus
	}{
		{5, 0, Current},
		{5, time.Hour - 1, Current},
		{5, time.Hour, Expired},
		{4, 0, Replayed},
		{4, grace, Replayed},
		{4, grace + 1, Reused},
		{3, 0, Reused},
		{6, 0, Reused},
		{4, time.Hour, Expired},
	} {
		if got := g.RefreshStatus(c.generation, grace, now.Add(c.after)); got != c.want {
			t.Errorf("generation %d after %s is %d, want %d", c.generation, c.after, got, c.want)
		}
	}
	g.Revoked = true
	if g.RefreshStatus(5, grace, now) != Expired {
		t.Error("a revoked grant refreshes")
	}
}

func TestParamsAreAddedToWhatIsThere(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.ru/cb": "https://a.ru/cb?x=1", "https://a.ru/cb?y=%20": "https://a.ru/cb?y=%20&x=1",
	} {
		if got := WithParams(address, url.Values{"x": {"1"}}); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got := WithParams(address, nil); got != address {
			t.Errorf("%s, want it unchanged", got)
		}
	}
}

func TestLanguage(t *testing.T) {
	for tags, want := range map[string]string{
		"": "", "fr": "", "fr en-GB ru": "en", "RU-ru": "ru", "english": "", " en  ": "en", "*": "",
	} {
		if got := Language(tags); got != want {
			t.Errorf("%q gives %q, want %q", tags, got, want)
		}
	}
}

func TestDefaultsOfSectors(t *testing.T) {
	for want, c := range map[string]Client{
		"host:a.ru": {ID: "x", RedirectURIs: []string{"https://A.ru/1", "https://a.ru:8443/2", "http://localhost:1/"}},
		"client:x":  {ID: "x", RedirectURIs: []string{"http://[::1]/cb", "http://127.0.0.1/cb", "http://app.localhost/"}},
		"client:y":  {ID: "y", RedirectURIs: []string{"https://a.ru/", "https://b.ru/"}, PublicSubject: true},
	} {
		if got := c.Sector(); got != want {
			t.Errorf("sector %s, want %s", got, want)
		}
	}
}

// What the version before stored does not say which scopes a decision was for.
func TestADecisionOfTheVersionBefore(t *testing.T) {
	var i Interaction
	stored := `{"ID":"i","ExpireTime":"2030-01-01T00:00:00Z","Outcome":{"Decision":1,"SessionID":"s","Error":""}}`
	if err := json.Unmarshal([]byte(stored), &i); err != nil {
		t.Fatal(err)
	}
	openid := NewOutcome(oidcv1.Decision_ALLOW, "s", []string{"openid"}, []string{"email"})
	if !i.Outcome.Repeats(openid) {
		t.Error("the same decision is another one")
	}
	deny, another := NewOutcome(oidcv1.Decision_DENY, "s", nil, nil), NewOutcome(oidcv1.Decision_ALLOW, "t", nil, nil)
	if i.Outcome.Repeats(deny) || i.Outcome.Repeats(another) {
		t.Error("another decision is the same")
	}
	made := NewOutcome(oidcv1.Decision_ALLOW, "s", nil, nil)
	data, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	var read Outcome
	if err := json.Unmarshal(data, &read); err != nil || read.Repeats(openid) {
		t.Errorf("no scopes at all are any scopes: %s, %v", data, err)
	}
}
