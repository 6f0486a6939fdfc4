package allinone_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

const verificationsPath = "/v1/me/verifications"

func verificationFaults(t *testing.T, w *troubled) {
	cases{
		{"name differs, and is corrected", nameDiffers},
		{"one mismatch after another", mismatchLimit},
		{"somebody's number in many accounts", numberOfSomebody},
		{"made-up issuer, birth place and citizenship", madeUp},
		{"a second SNILS of a person", duplicatePersona},
		{"the same person twice", samePersonTwice},
		{"the same person twice at one moment", samePersonInARace},
		{"edits of pending and verified data", lockedData},
	}.run(t, w)
}

func registryFaults(t *testing.T, w *troubled) {
	cases{
		{"fates in words", fatesInWords},
		{"fails twice, then answers", failsTwice},
		{"one registry is down", registryDown},
		{"one registry never answers", registrySilent},
		{"SNILS unknown", func(w *troubled) { w.mismatch("000-000-701 22", "PFR", "SNILS_NOT_FOUND") }},
		{"birth date differs", func(w *troubled) { w.mismatch("000-000-703 24", "", "BIRTH_DATE") }},
		{"passport invalid", func(w *troubled) { w.mismatch("000-000-704 25", "FMS", "PASSPORT_INVALID") }},
		{"deceased", func(w *troubled) { w.mismatch("000-000-705 26", "", "DECEASED") }},
	}.run(t, w)
}

// fatesInWords: the page of people says what will happen with each, not by which code.
func fatesInWords(w *troubled) {
	var all struct{ Personas []struct{ Fate string } }
	w.ask("GET", "/sandbox/v1/personas", nil).ok(http.StatusOK).into(&all)
	page := string(w.ask("GET", "/phone/people?n=1", nil).ok(http.StatusOK).raw)
	for _, p := range all.Personas {
		if p.Fate == "" || strings.Contains(page, ">"+p.Fate+"<") || strings.Contains(page, "fate_") {
			w.t.Errorf("the page of people shows %q", p.Fate)
		}
	}
}

func (w *troubled) submit(s *journey.Story, options ...option) answer {
	w.t.Helper()
	return w.ask("POST", verificationsPath, body{}, append(options, by(s))...)
}

// verdict submits and waits for the end; the clock moves meanwhile, so that what is to be repeated is.
func (w *troubled) verdict(s *journey.Story) journey.Verification {
	w.t.Helper()
	w.submit(s).ok(http.StatusAccepted)
	return w.ended(s)
}

func (w *troubled) ended(s *journey.Story) journey.Verification {
	w.t.Helper()
	return w.awaited(s, func(v journey.Verification) bool { return v.State != "PENDING" })
}

// awaited waits until somebody's last verification is as wanted.
func (w *troubled) awaited(s *journey.Story, as func(journey.Verification) bool) journey.Verification {
	w.t.Helper()
	var list struct{ Verifications []journey.Verification }
	testkit.Eventually(w.t, "the registries' answers", func() bool {
		w.ask("GET", verificationsPath, nil, by(s)).ok(http.StatusOK).into(&list)
		if as(list.Verifications[0]) {
			return true
		}
		w.Clock.Advance(10 * time.Millisecond)
		return false
	})
	return list.Verifications[0]
}

// is asks for a verification like "NOT_MATCHED PFR:MATCHED FMS:NOT_MATCHED:NAME".
func (w *troubled) is(v journey.Verification, want string) {
	w.t.Helper()
	got := v.State
	for _, c := range v.Checks {
		got += " " + strings.Join(append([]string{c.Registry, c.State}, c.Reasons...), ":")
	}
	if got != want {
		w.t.Errorf("got %s, want %s", got, want)
	}
}

func (w *troubled) levelIs(s *journey.Story, want string) {
	w.t.Helper()
	if got := w.ask("GET", "/v1/me", nil, by(s)).ok(http.StatusOK).field("level"); got != want {
		w.t.Errorf("the level is %s, want %s", got, want)
	}
}

// editable waits until a verification that ended has given the card back.
func (w *troubled) editable(s *journey.Story) {
	w.t.Helper()
	testkit.Eventually(w.t, "the card to be the person's again", func() bool {
		return w.ask("GET", personPath, nil, by(s)).ok(http.StatusOK).field("state") == "UNVERIFIED"
	})
}

func nameDiffers(w *troubled) {
	s := w.until(filledIn, w.persona("000-000-702 23"))
	w.is(w.verdict(s), "NOT_MATCHED PFR:NOT_MATCHED:NAME FMS:NOT_MATCHED:NAME")
	w.levelIs(s, "SIMPLIFIED")
	told := w.inbox(s.Phone, "SMS", 2)[0].Text
	if strings.Contains(told, "Другова") {
		w.t.Errorf("the registry's value is given away: %q", told)
	}
	w.editable(s)
	w.ask("PATCH", personPath, body{"lastName": "Другова"}, by(s)).ok(http.StatusOK)
	w.is(w.verdict(s), "MATCHED PFR:MATCHED FMS:MATCHED")
	w.levelIs(s, "STANDARD")
	w.submit(s).refused(http.StatusConflict, "ALREADY_VERIFIED")
}

func mismatchLimit(w *troubled) {
	s := w.until(filledIn, w.somebody())
	right := s.Person.Person.SNILS
	for n := range 5 {
		// Always another number, so that the limit is the account's.
		w.editable(s)
		w.ask("PATCH", personPath, body{"snils": fmt.Sprintf("000-000-701 %02d", 40+n)}, by(s)).ok(http.StatusOK)
		w.ask("PATCH", documentsPath+"/"+w.documentOf(s), body{"number": fmt.Sprintf("70194%d", n)}, by(s)).ok(http.StatusOK)
		if v := w.verdict(s); v.State != "NOT_MATCHED" {
			w.t.Fatalf("got %+v", v)
		}
	}
	w.editable(s)
	first := w.submit(s).refused(http.StatusTooManyRequests, "VERIFICATION_LIMIT")
	if first.RetryAfter < 6*time.Hour-time.Minute || first.RetryAfter > 6*time.Hour {
		w.t.Errorf("to wait %s", first.RetryAfter)
	}
	w.flushRedis()
	w.submit(s).refused(http.StatusTooManyRequests, "VERIFICATION_LIMIT")
	w.Clock.Advance(first.RetryAfter)
	w.again(s)
	w.ask("PATCH", personPath, body{"snils": right}, by(s)).ok(http.StatusOK)
	w.ask("PATCH", documentsPath+"/"+w.documentOf(s), body{"number": s.Person.Passport.Number}, by(s)).ok(http.StatusOK)
	w.is(w.verdict(s), "MATCHED PFR:MATCHED FMS:MATCHED")
}

// numberOfSomebody: whoever tries another's number from many accounts never keeps its owner waiting.
func numberOfSomebody(w *troubled) {
	owner := w.who(filledIn)
	for range 5 {
		s := w.who(filledIn)
		w.ask("PATCH", personPath, body{"snils": owner.Person.Person.SNILS}, by(s)).ok(http.StatusOK)
		if v := w.verdict(s); v.State != "NOT_MATCHED" {
			w.t.Fatalf("got %+v", v)
		}
	}
	w.is(w.verdict(owner), matched)
}

// madeUp: what no registry has is no mismatch where people write freely, and never called verified.
func madeUp(w *troubled) {
	s := w.who(filledIn)
	document := documentsPath + "/" + w.documentOf(s)
	w.ask("PATCH", personPath, body{"birthPlace": "Атлантида", "citizenship": "ATA"}, by(s)).ok(http.StatusOK)
	w.ask("PATCH", document, body{"issuedBy": "Кремль; отделение: 0"}, by(s)).ok(http.StatusOK)
	w.is(w.verdict(s), matched)
	fields := func(path string) string {
		return w.ask("GET", path, nil, by(s)).ok(http.StatusOK).field("verifiedFields")
	}
	testkit.Eventually(w.t, "the passport to be verified", func() bool { return fields(document) != "" })
	for path, want := range map[string]string{
		document: "series number issueDate issueCode", personPath: "lastName firstName middleName birthDate gender snils",
	} {
		got, wanted := strings.Split(fields(path), ","), strings.Fields(want)
		slices.Sort(got)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			w.t.Errorf("%s: verified are %v, want %v", path, got, wanted)
		}
	}
}

const (
	matched      = "MATCHED PFR:MATCHED FMS:MATCHED"
	knownAlready = "NOT_MATCHED PFR:MATCHED:DUPLICATE_PERSON FMS:MATCHED:DUPLICATE_PERSON"
)

func duplicatePersona(w *troubled) {
	first, second := w.until(filledIn, w.persona("000-000-600 01")), w.until(filledIn, w.persona("000-000-706 27"))
	w.is(w.verdict(first), matched)
	w.is(w.verdict(second), knownAlready)
	w.levelIs(second, "SIMPLIFIED")
	w.signIn("000-000-706 27", journey.Password).refused(http.StatusUnauthorized, "SIGN_IN_FAILED")
}

func samePersonTwice(w *troubled) {
	first := w.who(verified)
	second := w.somebody()
	second.N = first.N
	w.is(w.verdict(w.until(filledIn, second)), knownAlready)
	w.levelIs(second, "SIMPLIFIED")
	w.levelIs(first, "STANDARD")
	told := w.inbox(second.Phone, "SMS", 2)[0]
	if told.Text == "" || strings.Contains(told.Text, first.Phone) {
		w.t.Errorf("the second is told %q", told.Text)
	}
	// The SNILS is still the first one's login.
	if id := w.signIn(first.Person.Person.SNILS, journey.Password).ok(http.StatusCreated).field("accountId"); id != first.AccountID {
		w.t.Errorf("signed in as %s", id)
	}
}

func samePersonInARace(w *troubled) {
	people := []*journey.Story{w.somebody(), w.somebody()}
	for _, s := range people {
		s.N = people[0].N
		w.until(filledIn, s)
	}
	var all sync.WaitGroup
	for _, s := range people {
		all.Go(func() {
			if a := w.submit(s); a.status != http.StatusAccepted {
				w.t.Errorf("got %s", a)
			}
		})
	}
	all.Wait()
	var got []string
	for _, s := range people {
		v := w.ended(s)
		got = append(got, v.State)
		w.is(v, map[string]string{"MATCHED": matched, "NOT_MATCHED": knownAlready}[v.State])
		w.levelIs(s, map[string]string{"MATCHED": "STANDARD", "NOT_MATCHED": "SIMPLIFIED"}[v.State])
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"MATCHED", "NOT_MATCHED"}) {
		w.t.Errorf("got %v", got)
	}
}

func lockedData(w *troubled) {
	s := w.until(filledIn, w.persona("000-000-714 27"))
	document := w.documentOf(s)
	locked := func() {
		w.t.Helper()
		for _, a := range []answer{
			w.ask("PATCH", personPath, body{"lastName": "Другова"}, by(s)),
			w.ask("PATCH", documentsPath+"/"+document, body{"number": "000001"}, by(s)),
			w.ask("DELETE", documentsPath+"/"+document, nil, by(s)),
		} {
			a.refused(http.StatusConflict, "VERIFIED_DATA_LOCKED")
		}
	}
	w.submit(s).ok(http.StatusAccepted)
	locked()
	w.submit(s).refused(http.StatusConflict, "VERIFICATION_PENDING")
	w.ask("POST", addressesPath, s.Person.Address, by(s)).ok(http.StatusCreated) // an address is nobody's business

	s = w.who(verified)
	document = w.documentOf(s)
	locked()
	w.ask("POST", documentsPath, passport(s), by(s)).refused(http.StatusConflict, "VERIFIED_DATA_LOCKED")
	w.flushRedis()
	locked()
}

func failsTwice(w *troubled) {
	s := w.until(filledIn, w.persona("000-000-713 26"))
	w.is(w.verdict(s), matched)
	w.levelIs(s, "STANDARD")
}

func registryDown(w *troubled) {
	s := w.until(filledIn, w.persona("000-000-714 27"))
	w.submit(s).ok(http.StatusAccepted)
	w.stuck(s, "PENDING PFR:MATCHED FMS:UNAVAILABLE")
}

func registrySilent(w *troubled) {
	s := w.until(filledIn, w.persona("000-000-711 24"))
	w.submit(s).ok(http.StatusAccepted)
	w.stuck(s, "PENDING PFR:UNAVAILABLE FMS:MATCHED")
}

// stuck waits until both registries were asked; after five days the verification expires and costs nothing.
func (w *troubled) stuck(s *journey.Story, want string) {
	w.t.Helper()
	v := w.awaited(s, func(v journey.Verification) bool {
		return !strings.Contains(fmt.Sprint(v.Checks), "PENDING")
	})
	w.is(v, want)
	w.levelIs(s, "SIMPLIFIED")
	w.Clock.Advance(5 * 24 * time.Hour)
	w.again(s)
	w.is(w.ended(s), strings.NewReplacer("PENDING", "EXPIRED", "UNAVAILABLE", "EXPIRED").Replace(want))
	w.editable(s)
	w.submit(s).ok(http.StatusAccepted)
}

// mismatch submits a persona; registry is the only one that finds fault, or both do when it is empty.
func (w *troubled) mismatch(snils, registry, reason string) {
	w.t.Helper()
	s := w.until(filledIn, w.persona(snils))
	want := "NOT_MATCHED"
	for _, r := range []string{"PFR", "FMS"} {
		if registry == "" || registry == r {
			want += " " + r + ":NOT_MATCHED:" + reason
		} else {
			want += " " + r + ":MATCHED"
		}
	}
	w.is(w.verdict(s), want)
	w.levelIs(s, "SIMPLIFIED")
}
