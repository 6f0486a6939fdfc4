package allinone_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

const (
	personPath    = "/v1/me/person"
	documentsPath = "/v1/me/documents"
	addressesPath = "/v1/me/addresses"
)

type body map[string]string

func personFaults(t *testing.T, w *troubled) {
	cases{
		{"malformed person", malformedPerson},
		{"malformed passport", malformedPassport},
		{"malformed address", malformedAddress},
		{"age that time has changed", agedPassport},
		{"form with gaps", gaps},
		{"edit of another version", lostUpdate},
		{"masks of an edit", masks},
	}.run(t, w)
}

func malformedPerson(w *troubled) {
	s := w.who(signedIn)
	today := w.Clock.Now()
	for _, c := range []struct {
		field, value, code string
	}{
		{"snils", "112-233-445 96", "FIELD_CHECKSUM"},
		{"snils", "123", "FIELD_MALFORMED"},
		{"snils", "000-000-000 00", "NUMBER_ALL_ZEROS"},
		{"snils", "112-233-445 95", "SNILS_REAL_IN_SANDBOX"},
		{"birthDate", "1990-02-30", "DATE_NOT_IN_CALENDAR"},
		{"birthDate", "08.03.1990", "FIELD_MALFORMED"},
		{"birthDate", "yesterday", "FIELD_MALFORMED"},
		{"birthDate", today.AddDate(0, 0, 2).Format(time.DateOnly), "DATE_IN_FUTURE"},
		{"birthDate", today.AddDate(-14, 0, 2).Format(time.DateOnly), "AGE_UNDER_14"},
		{"birthDate", "1850-01-01", "DATE_TOO_EARLY"},
		{"gender", "X", "FIELD_UNKNOWN_VALUE"},
		{"citizenship", "XXX", "FIELD_UNKNOWN_VALUE"},
		{"lastName", "", "FIELD_REQUIRED"},
		{"lastName", "Petrov2", "NAME_CHARACTERS"},
		{"lastName", "Иvanov", "NAME_MIXED_ALPHABETS"},
		{"lastName", "З о л о т а р ё в", "NAME_CHARACTERS"},
		{"lastName", "Пирогов-", "NAME_CHARACTERS"},
		{"state", "VERIFIED", "FIELD_NOT_EDITABLE"},
		{"nickname", "x", "FIELD_UNKNOWN"},
	} {
		a := w.ask("PATCH", personPath, body{c.field: c.value}, by(s))
		if c.field == "state" && a.status == http.StatusOK {
			continue // an output only member is ignored
		}
		a.fields("/"+c.field, c.code)
	}
	w.ask("PATCH", personPath, body{"snils": "1", "birthDate": "2"}, by(s)).
		fields("/birthDate", "FIELD_MALFORMED", "/snils", "FIELD_MALFORMED")
	a := w.ask("GET", personPath, nil, by(s)).ok(http.StatusOK)
	for _, field := range []string{"snils", "birthDate", "citizenship"} {
		if a.field(field) != "" {
			w.t.Errorf("a refused %s was kept", field)
		}
	}
	if a.field("state") != "UNVERIFIED" {
		w.t.Errorf("the card is %s", a.field("state"))
	}
}

// passport is a good one with changes.
func passport(s *journey.Story, pairs ...string) body {
	d := s.Person.Passport
	b := body{
		"type": d.Type, "series": d.Series, "number": d.Number, "issueDate": d.IssueDate, "issuedBy": d.IssuedBy,
		"issueCode": d.IssueCode,
	}
	for i := 0; i < len(pairs); i += 2 {
		b[pairs[i]] = pairs[i+1]
	}
	return b
}

func malformedPassport(w *troubled) {
	s := w.who(signedIn)
	years := func(n, days int) string { return w.Clock.Now().AddDate(n, 0, days).Format(time.DateOnly) }
	for _, c := range []struct{ born, field, value, code string }{
		{years(-30, 0), "series", "45A0", "FIELD_MALFORMED"},
		{years(-30, 0), "number", "12345", "FIELD_MALFORMED"},
		{years(-30, 0), "issueCode", "77-000", "FIELD_MALFORMED"},
		{years(-30, 0), "issueDate", "2015-06-31", "DATE_NOT_IN_CALENDAR"},
		{years(-30, 0), "issueDate", years(0, 2), "DATE_IN_FUTURE"},
		{years(-30, 0), "issueDate", years(-17, 0), "PASSPORT_ISSUED_BEFORE_14"},
		{years(-20, -91), "issueDate", years(-3, 0), "PASSPORT_REPLACE_AT_20"},
		{years(-45, -91), "issueDate", years(-10, 0), "PASSPORT_REPLACE_AT_45"},
		{years(-30, 0), "type", "", "FIELD_REQUIRED"},
		{years(-30, 0), "series", "", "FIELD_REQUIRED"},
		{years(-30, 0), "type", "LIBRARY_CARD", "FIELD_UNKNOWN_VALUE"},
	} {
		w.ask("PATCH", personPath, body{"birthDate": c.born}, by(s)).ok(http.StatusOK)
		in := passport(s, "issueDate", years(-1, 0), c.field, c.value)
		if c.value == "" {
			delete(in, c.field)
		}
		w.ask("POST", documentsPath, in, by(s)).fields("/"+c.field, c.code)
	}
	w.ask("POST", documentsPath, body{"type": "RF_PASSPORT"}, by(s)).fields("/series", "FIELD_REQUIRED", "/number", "FIELD_REQUIRED",
		"/issueDate", "FIELD_REQUIRED", "/issuedBy", "FIELD_REQUIRED", "/issueCode", "FIELD_REQUIRED")
	// The old passport serves 90 days more.
	w.ask("PATCH", personPath, body{"birthDate": years(-20, -89)}, by(s)).ok(http.StatusOK)
	id := w.ask("POST", documentsPath, passport(s, "issueDate", years(-3, 0)), by(s)).ok(http.StatusCreated).field("id")
	w.ask("POST", documentsPath, passport(s, "issueDate", years(-3, 0)), by(s)).refused(http.StatusConflict, "DOCUMENT_EXISTS")
	w.ask("PATCH", documentsPath+"/"+id, body{"number": "x"}, by(s)).fields("/number", "FIELD_MALFORMED")
	w.ask("PATCH", documentsPath+"/"+id, body{"number": "000001"}, by(s)).ok(http.StatusOK)
}

func malformedAddress(w *troubled) {
	s := w.who(signedIn)
	for _, c := range []struct {
		in   body
		want []string
	}{
		{body{"postalCode": "12345"}, []string{"/postalCode", "FIELD_MALFORMED"}},
		{body{"postalCode": "000000"}, []string{"/postalCode", "NUMBER_ALL_ZEROS"}},
		{body{"type": "HOLIDAY"}, []string{"/type", "FIELD_UNKNOWN_VALUE"}},
		{body{"postalCode": "", "house": ""}, []string{"/postalCode", "FIELD_REQUIRED", "/house", "FIELD_REQUIRED"}},
	} {
		in := body{}
		for k, v := range s.Person.Address {
			in[k] = v
		}
		for k, v := range c.in {
			if in[k] = v; v == "" {
				delete(in, k)
			}
		}
		w.ask("POST", addressesPath, in, by(s)).fields(c.want...)
	}
	w.ask("POST", addressesPath, s.Person.Address, by(s)).ok(http.StatusCreated)
	w.ask("POST", addressesPath, s.Person.Address, by(s)).refused(http.StatusConflict, "ADDRESS_EXISTS")
}

// agedPassport: what was right when it was typed may be wrong when it is submitted.
func agedPassport(w *troubled) {
	s := w.who(filledIn)
	born := w.Clock.Now().AddDate(-45, 0, -89).Format(time.DateOnly)
	id := w.documentOf(s)
	w.ask("PATCH", personPath, body{"birthDate": born}, by(s)).ok(http.StatusOK)
	w.ask("PATCH", documentsPath+"/"+id, body{"issueDate": "2010-01-01"}, by(s)).ok(http.StatusOK)
	w.Clock.Advance(48 * time.Hour)
	w.again(s)
	w.ask("POST", "/v1/me/verifications", body{}, by(s)).fields("/document/issueDate", "PASSPORT_REPLACE_AT_45")
}

// again signs somebody in again.
func (w *troubled) again(s *journey.Story) {
	w.t.Helper()
	login := s.Phone
	if login == "" {
		login = s.Email
	}
	s.Token = w.signIn(login, journey.Password).ok(http.StatusCreated).field("token")
}

func (w *troubled) documentOf(s *journey.Story) string {
	w.t.Helper()
	var list struct{ Documents []struct{ ID string } }
	w.ask("GET", documentsPath, nil, by(s)).ok(http.StatusOK).into(&list)
	if len(list.Documents) != 1 {
		w.t.Fatalf("%d documents", len(list.Documents))
	}
	return list.Documents[0].ID
}

func gaps(w *troubled) {
	s := w.who(signedIn)
	a := w.ask("POST", "/v1/me/verifications", body{}, by(s)).refused(unprocessable, "PERSON_INCOMPLETE")
	missing := map[string]bool{}
	for _, f := range a.Errors {
		missing[f.Pointer] = f.Code == "FIELD_REQUIRED"
	}
	for _, p := range []string{
		"/person/gender", "/person/birthDate", "/person/birthPlace", "/person/citizenship", "/person/snils",
		"/document/series", "/document/issueCode",
	} {
		if !missing[p] {
			w.t.Errorf("%s is not named: %s", p, a)
		}
	}
	w.ask("PATCH", personPath, body{"birthPlace": "Тверь"}, by(s)).ok(http.StatusOK) // nothing was locked
}

func lostUpdate(w *troubled) {
	s := w.who(signedIn)
	etag := w.ask("GET", personPath, nil, by(s)).ok(http.StatusOK).header.Get("ETag")
	w.ask("PATCH", personPath, body{"birthPlace": "Тверь"}, by(s), withHeader("If-Match", etag)).ok(http.StatusOK)
	w.ask("PATCH", personPath, body{"birthPlace": "Псков"}, by(s), withHeader("If-Match", etag)).
		refused(http.StatusPreconditionFailed, "PRECONDITION_FAILED")
}

// masks are written as the JSON is, and an empty edit changes nothing.
func masks(w *troubled) {
	s := w.who(signedIn)
	before := w.ask("GET", personPath, nil, by(s)).ok(http.StatusOK)
	same := w.ask("PATCH", personPath, body{}, by(s)).ok(http.StatusOK)
	if same.field("etag") != before.field("etag") || same.field("lastName") != before.field("lastName") {
		w.t.Errorf("an empty edit made %s of %s", same, before)
	}
	w.ask("PATCH", personPath, body{"middleName": "Ильич", "birthPlace": "гор. Тверь"}, by(s)).ok(http.StatusOK)
	a := w.ask("PATCH", personPath+"?updateMask=middleName,birthPlace", body{"birthPlace": "гор. Псков"}, by(s)).ok(http.StatusOK)
	if a.field("middleName") != "" || a.field("birthPlace") != "гор. Псков" {
		w.t.Errorf("after the mask: %s", a)
	}
	nothing := map[string]any{"birthPlace": nil, "gender": nil}
	a = w.ask("PATCH", personPath, nothing, by(s)).ok(http.StatusOK)
	if a.field("birthPlace") != "" || a.field("gender") != "" || a.field("lastName") == "" {
		w.t.Errorf("after null: %s", a)
	}
	w.ask("PATCH", personPath, map[string]any{"lastName": nil}, by(s)).fields("/lastName", "FIELD_REQUIRED")
	names := body{"lastName": a.field("lastName"), "firstName": a.field("firstName")}
	if a = w.ask("PATCH", personPath+"?updateMask=*", names, by(s)).ok(http.StatusOK); a.field("citizenship") != "" || a.field("snils") != "" {
		w.t.Errorf("after all was replaced: %s", a)
	}
	w.ask("PATCH", personPath+"?updateMask=height", body{}, by(s)).fields("/updateMask", "FIELD_UNKNOWN")
	document := w.ask("POST", documentsPath, passport(s), by(s)).ok(http.StatusCreated).field("id")
	w.ask("PATCH", documentsPath+"/"+document+"?updateMask=issuedBy", body{}, by(s)).fields("/issuedBy", "FIELD_REQUIRED")
	a = w.ask("PATCH", documentsPath+"/"+document+"?updateMask=issuedBy", body{"issuedBy": "ОВД", "number": "x"}, by(s)).ok(http.StatusOK)
	if a.field("issuedBy") != "ОВД" || a.field("issueCode") == "" {
		w.t.Errorf("the passport after the mask: %s", a)
	}
	address := w.ask("POST", addressesPath, s.Person.Address, by(s)).ok(http.StatusCreated).field("id")
	a = w.ask("PATCH", addressesPath+"/"+address+"?updateMask=postalCode", body{"postalCode": "170000"}, by(s)).ok(http.StatusOK)
	if a.field("postalCode") != "170000" || a.field("city") == "" {
		w.t.Errorf("the address after the mask: %s", a)
	}
}
