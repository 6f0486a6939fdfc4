package gateway_test

import (
	"net/http"
	"strings"
	"testing"
)

// A SNILS is written one way, whatever services hand over.
func TestOneFormOfSNILS(t *testing.T) {
	s := start(t)
	for _, a := range []answer{
		s.call("GET", "/v1/me/person", "", bearer()...), s.call("PATCH", "/v1/me/person", `{"snils":"00000060010"}`, bearer()...),
	} {
		if !strings.Contains(a.body, `"snils":"000-000-600 10"`) {
			t.Errorf("answered %s", a.body)
		}
	}
}

// Nested members are told by their place too, and nothing is called.
func TestWrongMembersAreToldByTheirPlace(t *testing.T) {
	s := start(t)
	body := `{"address":{"type":"HUT","cty":"Тула","house":7},"addressId":"1","addressid":"2"}`
	p := s.call("POST", "/v1/me/letterOrders", body, append(bearer(), "Accept-Language", "en")...).problem(t, 400, "VALIDATION_FAILED")
	var got []string
	for _, e := range p.Errors {
		got = append(got, e.Pointer+" "+e.Code)
	}
	want := "/address/type FIELD_UNKNOWN_VALUE, /address/cty FIELD_UNKNOWN, /address/house FIELD_TYPE, /addressid FIELD_UNKNOWN"
	if strings.Join(got, ", ") != want || p.Errors[0].Detail != "Select which address this is." {
		t.Errorf("got %s: %s", strings.Join(got, ", "), p.Errors[0].Detail)
	}
	document := s.call("POST", "/v1/me/documents", `{"type":"HUT"}`, append(bearer(), "Accept-Language", "en")...).problem(t, 400, "VALIDATION_FAILED")
	if len(document.Errors) != 1 || document.Errors[0].Detail != "Select which document this is." {
		t.Errorf("of a document: %+v", document.Errors)
	}
	half := s.call("PATCH", "/v1/me/person", `{"lastName":"x"`, bearer()...).problem(t, 400, "MALFORMED_JSON")
	if len(half.Errors) != 1 || half.Errors[0].Code != "MALFORMED_JSON" {
		t.Errorf("half a body: %+v", half.Errors)
	}
	if a := s.call("PATCH", "/v1/me/person", `{"citizenship":"`+strings.Repeat("x", 2<<20)+`"}`, bearer()...); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("too large a body: %d", a.StatusCode)
	}
	if s.back.person != nil {
		t.Error("profile was asked")
	}
}

func TestAttemptsAreCountedForPrograms(t *testing.T) {
	s := start(t)
	p := s.call("POST", "/v1/registrations/1:verifyCode", `{"code":"000000"}`, "Accept-Language", "en").problem(t, 422, "CODE_WRONG")
	if p.AttemptsLeft == nil || *p.AttemptsLeft != 3 || !strings.Contains(p.Detail, "3 attempts are left") {
		t.Errorf("%v left: %s", p.AttemptsLeft, p.Detail)
	}
	if again := s.call("POST", "/v1/sessions", `{"login":"x","password":"wrong"}`).problem(t, 401, "SIGN_IN_FAILED"); again.AttemptsLeft != nil {
		t.Errorf("%d left of none", *again.AttemptsLeft)
	}
	for _, c := range []struct {
		call, body, member string
		limit              int
	}{
		{"/v1/sessions", `{"login":"` + strings.Repeat("x", 321) + `"}`, "/login", 320},
		{"/v1/passwords:check", `{"password":"x","context":["` + strings.Repeat("x", 321) + `"]}`, "/context/0", 320},
	} {
		p := s.call("POST", c.call, c.body).problem(t, 400, "VALIDATION_FAILED")
		if len(p.Errors) != 1 || p.Errors[0].Pointer != c.member || p.Errors[0].Limit != c.limit {
			t.Errorf("%s: %+v", c.call, p.Errors)
		}
	}
}
