package allinone_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// otherPeoplesData: what is somebody else's is answered like what does not exist, whatever is done to it.
func otherPeoplesData(t *testing.T, w *troubled) {
	w = w.with(t)
	owner, other := w.who(orderedMail), w.who(verified)
	mine := w.belongings(owner)
	for _, c := range []struct {
		method, path, id string
		body             any
		code             string
	}{
		{"GET", documentsPath + "/", mine.document, nil, "DOCUMENT_NOT_FOUND"},
		{"PATCH", documentsPath + "/", mine.document, body{"number": "000001"}, "DOCUMENT_NOT_FOUND"},
		{"DELETE", documentsPath + "/", mine.document, nil, "DOCUMENT_NOT_FOUND"},
		{"GET", addressesPath + "/", mine.address, nil, "ADDRESS_NOT_FOUND"},
		{"PATCH", addressesPath + "/", mine.address, body{"house": "1"}, "ADDRESS_NOT_FOUND"},
		{"DELETE", addressesPath + "/", mine.address, nil, "ADDRESS_NOT_FOUND"},
		{"GET", "/v1/me/verifications/", mine.verification, nil, "VERIFICATION_NOT_FOUND"},
		{"GET", "/v1/me/letterOrders/", mine.letter, nil, "LETTER_NOT_FOUND"},
	} {
		a := w.ask(c.method, c.path+c.id, c.body, by(other)).refused(http.StatusNotFound, c.code)
		alike(t, a, w.ask(c.method, c.path+uuid.NewString(), c.body, by(other)))
		if c.method == http.MethodGet {
			w.ask(c.method, c.path+c.id, nil, by(owner)).ok(http.StatusOK)
		}
	}
	order := func(address string) answer {
		return w.ask("POST", "/v1/me/letterOrders", body{"addressId": address}, by(other))
	}
	alike(t, order(mine.address).refused(http.StatusNotFound, "ADDRESS_NOT_FOUND"), order(uuid.NewString()))
	// Whose data it is cannot be chosen, neither in the body nor in the address.
	third := w.who(signedIn)
	w.ask("PATCH", personPath+"?accountId="+owner.AccountID, body{"birthPlace": "Чужбина"}, by(third)).fields("/accountId", "FIELD_UNKNOWN")
	w.ask("POST", "/v1/me/verifications", body{"accountId": owner.AccountID}, by(third)).fields("/accountId", "FIELD_UNKNOWN")
	w.ask("PATCH", personPath, body{"birthPlace": "Чужбина"}, by(third)).ok(http.StatusOK)
	for s, want := range map[*journey.Story]string{owner: owner.Person.Person.BirthPlace, third: "Чужбина"} {
		if got := w.ask("GET", personPath, nil, by(s)).ok(http.StatusOK).field("birthPlace"); got != want {
			t.Errorf("born in %q, want %q", got, want)
		}
	}
	w.ask("POST", "/v1/me/verifications", body{}, by(third)).refused(unprocessable, "PERSON_INCOMPLETE")
	if again := w.belongings(owner); again != mine {
		t.Errorf("the owner has %+v, had %+v", again, mine)
	}
}

type belongings struct{ document, address, verification, letter string }

func (w *troubled) belongings(s *journey.Story) belongings {
	w.t.Helper()
	first := func(path, member string) string {
		var list map[string][]struct{ ID string }
		w.ask("GET", path, nil, by(s)).ok(http.StatusOK).into(&list)
		if len(list[member]) != 1 {
			w.t.Fatalf("%s: %v", path, list)
		}
		return list[member][0].ID
	}
	return belongings{
		first(documentsPath, "documents"), first(addressesPath, "addresses"),
		first("/v1/me/verifications", "verifications"), first("/v1/me/letterOrders", "letterOrders"),
	}
}
