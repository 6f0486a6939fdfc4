package allinone_test

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

const (
	// few is how many requests race where each leads to one thing.
	few = 10
	// liveCodes is how many codes for one phone are good at once.
	liveCodes = 3
)

// startAtOnce: a stranger cannot have a phone flooded, and what is refused leaves nothing.
func startAtOnce(w *troubled) {
	phone := w.phone()
	before := w.count(`SELECT count(*) FROM registration.registrations`)
	answers := atOnce(2*few, func(int) answer {
		return w.ask("POST", registrations, body{"lastName": "Проверкин", "firstName": "Пётр", "phone": phone})
	})
	begun := 0
	for _, a := range answers {
		switch a.status {
		case http.StatusCreated:
			begun++
		case http.StatusTooManyRequests:
		default:
			w.t.Errorf("a start is answered %s", a)
		}
	}
	if begun < 1 || begun > liveCodes {
		w.t.Errorf("%d sign-ups of one phone began at once: %v", begun, outcomes(answers))
	}
	if n := w.count(`SELECT count(*) FROM registration.registrations`) - before; n != begun {
		w.t.Errorf("%d sign-ups left %d rows", begun, n)
	}
	testkit.Eventually(w.t, "all messages to be sent", func() bool {
		return w.count(`SELECT count(*) FROM notification.messages WHERE state = 'QUEUED'`) == 0
	})
	if n := len(w.inbox(phone, "SMS", 1)); n > liveCodes {
		w.t.Errorf("%d messages came at once", n)
	}
}

// completeAtOnce: the password is one's who was told so.
func completeAtOnce(w *troubled) {
	s := w.signUp(w.phone())
	token := s.prove()
	passwords := []string{journey.Password, "Osen-8-Dolya_vetra!"}
	answers := atOnce(len(passwords), func(i int) answer { return s.complete(token, passwords[i]) })
	if n := outcomes(answers)["201 "]; n != 1 {
		w.t.Errorf("%d of two passwords were taken: %v", n, outcomes(answers))
	}
	for i, a := range answers {
		want := http.StatusUnauthorized
		if a.status == created {
			want = created
		} else if a.status != conflict {
			w.t.Errorf("the other password is answered %s", a)
		}
		w.signIn(s.to, passwords[i]).ok(want)
	}
}

// reauthenticateAtOnce: whoever is told a token has one that works.
func reauthenticateAtOnce(w *troubled) {
	s := w.who(signedIn)
	answers := atOnce(few, func(int) answer {
		return w.ask("POST", sessions+"/current:reauthenticate", body{"password": journey.Password}, by(s))
	})
	w.outcome(answers, map[string]int{"200 ": 1, "401 SESSION_ENDED": few - 1})
	for _, token := range distinct(answers, http.StatusOK, "token") {
		w.ask("GET", "/v1/me", nil, withToken(token)).ok(http.StatusOK)
	}
	w.ask("GET", "/v1/me", nil, by(s)).refused(http.StatusUnauthorized, "SESSION_ENDED")

	same := w.who(signedIn)
	key := withKey(uuid.NewString())
	answers = atOnce(few, func(int) answer {
		return w.ask("POST", sessions+"/current:reauthenticate", body{"password": journey.Password}, by(same), key)
	})
	// Who comes after the first has ended the token is not let in with it.
	w.outcome(answers, map[string]int{"200 ": 0, "401 SESSION_ENDED": 0})
	tokens := distinct(answers, http.StatusOK, "token")
	if len(tokens) != 1 {
		w.t.Fatalf("one request was told %d tokens", len(tokens))
	}
	w.ask("GET", "/v1/me", nil, withToken(tokens[0])).ok(http.StatusOK)
}

func orderAtOnce(w *troubled) {
	s := w.who(verified)
	w.ask("POST", addressesPath, s.Person.Address, by(s)).ok(created)
	address := w.belongingsOf(s, addressesPath, "addresses")
	answers := atOnce(few, func(int) answer { return w.ask("POST", lettersPath, body{"addressId": address}, by(s)) })
	w.outcome(answers, map[string]int{"201 ": 1, "409 LETTER_ALREADY_ORDERED": few - 1})
	var list struct{ LetterOrders []struct{ ID string } }
	w.ask("GET", lettersPath, nil, by(s)).ok(http.StatusOK).into(&list)
	if len(list.LetterOrders) != 1 {
		w.t.Errorf("%d letters are on their way", len(list.LetterOrders))
	}
}

// redeemAtOnce: a code is good once, and whoever redeems it again has stolen it, or been stolen from.
func redeemAtOnce(w *troubled) {
	c := w.client()
	g := c.authorize("offline_access")
	answers := atOnce(few, func(int) answer {
		return w.ask("POST", "/oauth2/token", form("client_id", journey.PartnerID, "grant_type", "authorization_code", "code", g.Code,
			"code_verifier", g.Verifier, "redirect_uri", journey.PartnerCallback))
	})
	given := distinct(answers, http.StatusOK, "access_token")
	if len(given) > 1 {
		w.t.Errorf("a code became %d grants", len(given))
	}
	for _, token := range given {
		c.userinfo(tokens{Access: token}, http.StatusUnauthorized)
	}
	for _, a := range answers {
		if a.status != http.StatusOK && a.field("error") != "invalid_grant" {
			w.t.Errorf("a code redeemed again is answered %s", a)
		}
	}
}

func (c *client) refreshesAtOnce(token string) []string {
	answers := atOnce(few, func(int) answer {
		return c.w.ask("POST", "/oauth2/token", form("client_id", journey.PartnerID, "grant_type", "refresh_token", "refresh_token", token))
	})
	for _, a := range answers {
		a.ok(http.StatusOK)
	}
	return distinct(answers, http.StatusOK, "refresh_token")
}

// refreshAtOnce: tabs that refresh together are one client, not a thief.
func refreshAtOnce(w *troubled) {
	c := w.client()
	g := c.authorize("offline_access")
	first := c.good(c.redeem(g, g.Verifier))
	next := c.refreshesAtOnce(first.Refresh)
	if len(next) != 1 || next[0] == first.Refresh {
		w.t.Fatalf("a token has %d successors", len(next))
	}
	c.good(c.refresh(next[0]))
}

// refreshOldAtOnce: within the grace every token that is known leads to the newest.
func refreshOldAtOnce(w *troubled) {
	c := w.client()
	g := c.authorize("offline_access")
	first := c.good(c.redeem(g, g.Verifier))
	second := c.good(c.refresh(first.Refresh))
	third := c.good(c.refresh(second.Refresh))
	if got := c.refreshesAtOnce(first.Refresh); len(got) != 1 || got[0] != third.Refresh {
		w.t.Errorf("an old token leads to %d others, or not to the newest", len(got))
	}
	c.good(c.refresh(third.Refresh))
}

var (
	idempotencyField = regexp.MustCompile(`name="idempotency_key" value="([^"]+)"`)
	onward           = regexp.MustCompile(`id="onward" href="([^"]+)"`)
)

// next is where an answer leads.
func (a answer) next() string {
	if link := onward.FindSubmatch(a.raw); link != nil {
		return html.UnescapeString(string(link[1]))
	}
	return a.header.Get("Location")
}

// decideAtOnce: a button that is pressed twice is one decision, and the partner gets its code.
func decideAtOnce(w *troubled) {
	c := w.client()
	ctx := context.Background()
	c.b.StopAt = journey.PartnerCallback
	if err := c.b.Open(ctx, request("scope", "openid profile")); err != nil {
		w.t.Fatal(err)
	}
	field := idempotencyField.FindStringSubmatch(c.b.Page.Body)
	if field == nil {
		w.t.Fatalf("there is no form to decide by: %s", c.b.Page.Text())
	}
	decision := form("csrf_token", w.csrf(c.b), "idempotency_key", field[1], "action", "allow")
	cookies := func(path string) option {
		u, err := url.Parse(w.url + path)
		if err != nil {
			w.t.Fatal(err)
		}
		return withHeader("Cookie", cookieHeader(c.b.Cookies(u)))
	}
	path := c.b.Page.URL.Path
	decide := func(int) answer { return w.ask("POST", path, decision, cookies(path)) }
	decided := append(atOnce(2, decide), decide(0)) // and once more, a little later
	for _, a := range slices.Backward(decided) {
		to := a.next()
		for range 3 {
			if path, ours := strings.CutPrefix(to, w.url); strings.HasPrefix(path, "/") || ours {
				to = w.ask("GET", path, nil, cookies(path)).next()
			}
		}
		if back, err := url.Parse(to); err != nil || back.Query().Get("code") == "" {
			w.t.Errorf("a decision leads to %q, without a code", to)
		}
	}
}

// foreignKeys: who knows a key gets nothing by it.
func foreignKeys(w *troubled) {
	a, b := w.who(signedIn), w.who(signedIn)
	key := withKey(uuid.NewString())
	answers := atOnce(2*few, func(i int) answer {
		return w.ask("POST", documentsPath, passport(a), by([]*journey.Story{a, b}[i%2]), key)
	})
	mine, theirs := map[string]bool{}, map[string]bool{}
	for i, answer := range answers {
		[]map[string]bool{mine, theirs}[i%2][answer.ok(created).field("id")] = true
	}
	for id := range mine {
		if theirs[id] || len(mine) != 1 || len(theirs) != 1 {
			w.t.Errorf("one has %d documents, the other %d", len(mine), len(theirs))
		}
	}
	w.signIn(a.Phone, journey.Password, key).ok(created)
	w.outcome(atOnce(few, func(int) answer { return w.signIn(a.Phone, wrongPassword, key) }),
		map[string]int{"401 SIGN_IN_FAILED": tries, "429 SIGN_IN_THROTTLED": few - tries})
	s := w.signUp(w.phone())
	proof := func(code string) answer { return s.do("verifyCode", body{"code": code}, key) }
	code := s.code()
	proof(code).ok(http.StatusOK)
	w.outcome(atOnce(few, func(int) answer { return proof(wrong(code)) }), map[string]int{"409 REGISTRATION_WRONG_STATE": few})
}

func repeatSignedOut(w *troubled) {
	s, key := w.who(signedIn), withKey(uuid.NewString())
	token := w.signIn(s.Phone, journey.Password, key).ok(created).field("token")
	answers := atOnce(few+1, func(i int) answer {
		if i == few {
			return w.ask("DELETE", sessions+"/current", nil, withToken(token))
		}
		return w.signIn(s.Phone, journey.Password, key)
	})
	answers[few].ok(http.StatusNoContent)
	w.outcome(answers[:few], map[string]int{"201 ": 0, "401 SESSION_ENDED": 0})
	w.signIn(s.Phone, journey.Password, key).refused(http.StatusUnauthorized, "SESSION_ENDED")
	w.ask("GET", "/v1/me", nil, withToken(token)).refused(http.StatusUnauthorized, "SESSION_ENDED")
}
