package allinone_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/allinone/journey"
)

// updateExamples writes the examples anew: go test ./services/allinone -run TestExamples -update.
var updateExamples = flag.Bool("update", false, "write the examples of the REST API's description anew")

const examplesFile = "../gateway/internal/rest/openapi/compose/examples.json"

// callExample is one call that succeeds, and the refusals of others by their codes.
type callExample struct {
	Request  json.RawMessage            `json:"request,omitempty"`
	Response json.RawMessage            `json:"response,omitempty"`
	Refusals map[string]json.RawMessage `json:"refusals,omitempty"`
}

// demonstration makes each call of the API once and keeps what was sent and answered.
type demonstration struct {
	*installation
	d        *description
	token    string
	examples map[string]callExample
	// seen are the messages whose codes were used.
	seen map[string]bool
}

// TestExamples walks the whole journey with one call of each operation. What is answered is as described, and the examples in
// the description are what was sent and answered.
func TestExamples(t *testing.T) {
	t.Parallel()
	i := startWith(t, map[string]string{
		"PROPUSK_OTP_RESEND_AFTER": "0s", "PROPUSK_ACCOUNT_CLAIM_DELAY": "5s",
		"PROPUSK_ACCOUNT_RECOVERY_CONTACT_AGE": "0s",
	})
	demo := &demonstration{installation: i, d: describe(t, i.url), examples: map[string]callExample{}, seen: map[string]bool{}}
	demo.walk()
	if *updateExamples {
		demo.write()
		return
	}
	demo.compare()
}

// call makes a call whose path has these parameters, and gives what was answered.
func (d *demonstration) call(id string, body any, params ...string) map[string]any {
	d.t.Helper()
	o, target := d.target(id, params)
	return d.record(o, target, body)
}

// refused makes a call that is refused with this code.
func (d *demonstration) refused(code, id string, body any, params ...string) {
	d.t.Helper()
	o, target := d.target(id, params)
	var sent []byte
	if body != nil {
		sent = marshal(d.t, body)
	}
	a := d.send(o, target, sent)
	if got := outcome(a); got != code {
		d.t.Fatalf("%s %s: %s, want %s", o.method, target, a, code)
	}
	example := d.examples[id]
	if example.Refusals == nil {
		example.Refusals = map[string]json.RawMessage{}
	}
	example.Refusals[code] = a.body
	d.examples[id] = example
}

func (d *demonstration) target(id string, params []string) (operation, string) {
	d.t.Helper()
	o := d.d.operation(d.t, id)
	path, query, _ := strings.Cut(strings.Join(params, "&"), "?")
	target := o.path
	for _, p := range strings.Split(path, "&") {
		if name, value, ok := strings.Cut(p, "="); ok {
			target = strings.ReplaceAll(target, "{"+name+"}", value)
		}
	}
	if query != "" {
		target += "?" + query
	}
	return o, target
}

func (d *demonstration) record(o operation, target string, body any) map[string]any {
	d.t.Helper()
	example := callExample{Refusals: d.examples[o.id].Refusals}
	if body != nil {
		example.Request = marshal(d.t, body)
	}
	a := d.send(o, target, example.Request)
	if a.status >= http.StatusMultipleChoices {
		d.t.Fatalf("%s %s: %s", o.method, target, a)
	}
	var out map[string]any
	if len(a.body) > 0 && strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		example.Response = shorten(d.t, a.body)
		_ = json.Unmarshal(a.body, &out) // a list has no members
	}
	d.examples[o.id] = example
	return out
}

// send makes a call, which has to be answered as described. A machine that is busy refuses calls at times: they are made again with
// their key, as front ends make them.
func (d *demonstration) send(o operation, target string, body []byte) replied {
	d.t.Helper()
	key := uuid.NewString()
	a := d.sendOnce(o, target, body, key)
	for end := time.Now().Add(time.Minute); (a.status == http.StatusServiceUnavailable || a.status == http.StatusGatewayTimeout) &&
		time.Now().Before(end); {
		a = d.sendOnce(o, target, body, key)
	}
	if err := d.d.check(o, a); err != nil && !*updateExamples {
		d.t.Errorf("%s is answered otherwise than described: %v\n%s", o.id, err, a)
	}
	return a
}

func (d *demonstration) sendOnce(o operation, target string, body []byte, key string) replied {
	d.t.Helper()
	req, err := http.NewRequest(o.method, d.url+target, bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("User-Agent", exampleAgent)
	if o.method == http.MethodPost {
		req.Header.Set("Idempotency-Key", key)
	}
	if d.token != "" {
		req.Header.Set("Authorization", "Bearer "+d.token)
	}
	a, err := send(http.DefaultClient, req)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

// shorten keeps of a list one element: an example is to be read.
func shorten(t *testing.T, body []byte) json.RawMessage {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return marshal(t, firsts(v))
}

func firsts(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) > 1 {
			v = v[:1]
		}
		for i := range v {
			v[i] = firsts(v[i])
		}
		return v
	case map[string]any:
		for name := range v {
			v[name] = firsts(v[name])
		}
	}
	return v
}

func marshal(t *testing.T, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type fields = map[string]any

func (d *demonstration) walk() {
	d.call("getSandboxOptions", nil)
	d.call("putSandboxOptions", fields{"delay": false})
	d.call("listPersonas", nil)
	human := d.call("getTestPerson", nil, "n=6000")
	d.signUp(human)
	d.addEmail()
	d.changePassword()
	d.claimEmail()
	d.giveDetails(human)
	d.beVerified()
	d.beConfirmed()
	d.removeEmail()
	d.manageDevices()
	d.shareWithSites()
	d.setQuestion()
	d.trust(human)
	d.setAvatar()
	d.disownSignIn()
	d.recover(text(inside(human, "person"), "snils"))
	d.call("deleteSession", nil)
}

const examplePhone = "+79161234567"

func (d *demonstration) signUp(human fields) {
	d.call("getPasswordPolicy", nil)
	d.call("checkPassword", fields{"password": "vesna", "context": []string{"Voronina"}})
	d.call("generatePassword", fields{})
	person := inside(human, "person")
	d.refused("VALIDATION_FAILED", "startRegistration", fields{"firstName": person["firstName"], "phone": "123"})
	started := d.call("startRegistration", fields{
		"lastName": person["lastName"], "firstName": person["firstName"], "middleName": person["middleName"], "phone": examplePhone,
	})
	id := "registrationId=" + text(started, "id")
	d.refused("REGISTRATION_NOT_FOUND", "getRegistration", nil, "registrationId="+strings.Repeat("0", 32))
	d.call("getRegistration", nil, id)
	d.call("resendCode", fields{}, id)
	code := d.message("SMS", 2)
	d.refused("VALIDATION_FAILED", "verifyCode", fields{"code": code[:5]}, id)
	d.refused("CODE_WRONG", "verifyCode", fields{"code": wrong(code)}, id)
	proven := d.call("verifyCode", fields{"code": code}, id)
	d.refused("REGISTRATION_WRONG_STATE", "verifyCode", fields{"code": code}, id)
	d.refused("COMPLETION_TOKEN_INVALID", "completeRegistration", fields{"completionToken": "none", "password": journey.Password}, id)
	d.refused("VALIDATION_FAILED", "completeRegistration", fields{"completionToken": proven["completionToken"], "password": "vesna"}, id)
	d.call("completeRegistration", fields{"completionToken": proven["completionToken"], "password": journey.Password}, id)
	d.refused("SIGN_IN_FAILED", "createSession", fields{"login": examplePhone, "password": "another"})
	d.refused("VALIDATION_FAILED", "createSession", fields{"login": "123", "password": journey.Password})
	d.token = text(d.call("createSession", fields{"login": examplePhone, "password": journey.Password}), "token")
	d.token = text(d.call("reauthenticate", fields{"password": journey.Password}), "token")
	d.call("getMe", nil)
	d.protect()
}

// protect binds a second factor, signs in with it, and takes it off again.
func (d *demonstration) protect() {
	factor := "factorId=" + text(d.call("createSecondFactor", fields{"kind": "SMS_CODE", "name": "My phone"}), "id")
	d.call("activateSecondFactor", fields{"code": d.message("SMS", 3)}, factor)
	d.call("updateSecondFactor", fields{"name": "Work phone"}, factor)
	d.call("listSecondFactors", nil)
	half := d.call("createSession", fields{"login": examplePhone, "password": journey.Password})
	step := fields{"signInToken": half["signInToken"], "stepId": "SMS_CODE"}
	d.call("sendStepCode", step)
	step["code"] = d.message("SMS", 4)
	d.token = text(d.call("completeStep", step), "token")
	d.call("stepUp", fields{"factors": 2})
	d.call("deleteSecondFactor", nil, factor)
	d.call("beginPasskey", fields{})
	d.token = text(d.call("createSession", fields{"login": examplePhone, "password": journey.Password}), "token")
}

// eventually waits until try succeeds.
func (d *demonstration) eventually(what string, try func() error) {
	d.t.Helper()
	var err error
	defer func() {
		if err != nil {
			d.t.Log(err)
		}
	}()
	testkit.Eventually(d.t, what, func() bool { err = try(); return err == nil })
}

// message waits for the n-th message with a code and gives it.
func (d *demonstration) message(channel string, n int) string {
	d.t.Helper()
	var code string
	d.eventually("the message", func() error {
		query := "?" + url.Values{"to": {examplePhone}, "channel": {channel}}.Encode()
		d.call("listMessages", nil, query)
		var page struct{ Messages []struct{ Code string } }
		if err := d.read("/sandbox/v1/messages"+query, &page); err != nil {
			return err
		}
		var codes []string
		for _, m := range page.Messages {
			if m.Code != "" {
				codes = append(codes, m.Code)
			}
		}
		if len(codes) < n {
			return fmt.Errorf("%d messages with codes", len(codes))
		}
		code = codes[0]
		return nil
	})
	return code
}

func (d *demonstration) read(path string, out any) error {
	resp, err := http.Get(d.url + path)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	return json.NewDecoder(resp.Body).Decode(out)
}

func (d *demonstration) giveDetails(human fields) {
	person := maps.Clone(inside(human, "person"))
	for _, name := range []string{"lastName", "firstName", "middleName"} {
		delete(person, name)
	}
	d.call("getPerson", nil)
	d.refused("VALIDATION_FAILED", "updatePerson", fields{"citizenship": "ru", "snils": "000-000-600 11"})
	d.call("updatePerson", person)
	d.refused("VALIDATION_FAILED", "createDocument", fields{"type": "RF_PASSPORT", "series": "45"})
	document := "documentId=" + text(d.call("createDocument", human["passport"]), "id")
	d.refused("DOCUMENT_EXISTS", "createDocument", human["passport"])
	d.call("listDocuments", nil)
	d.call("getDocument", nil, document)
	d.call("updateDocument", fields{"issuedBy": inside(human, "passport")["issuedBy"]}, document)
	d.call("deleteDocument", nil, document)
	d.call("createDocument", human["passport"])
	d.refused("VALIDATION_FAILED", "createAddress", fields{"type": "REGISTRATION", "postalCode": "1"})
	address := "addressId=" + text(d.call("createAddress", human["address"]), "id")
	d.refused("ADDRESS_EXISTS", "createAddress", human["address"])
	d.call("listAddresses", nil)
	d.call("getAddress", nil, address)
	d.call("updateAddress", fields{"flat": "7"}, address)
	d.call("deleteAddress", nil, address)
	d.call("createAddress", human["address"])
}

func (d *demonstration) beVerified() {
	id := "verificationId=" + text(d.call("createVerification", nil), "id")
	d.eventually("the level standard", func() error {
		if state := d.call("getVerification", nil, id)["state"]; state != "MATCHED" {
			return fmt.Errorf("it is %v", state)
		}
		if level := d.call("getMe", nil)["level"]; level != "STANDARD" {
			return fmt.Errorf("the level is %v", level)
		}
		return nil
	})
	d.call("listVerifications", nil)
}

func (d *demonstration) beConfirmed() {
	var addresses struct{ Addresses []struct{ ID string } }
	if err := json.Unmarshal(marshal(d.t, d.call("listAddresses", nil)), &addresses); err != nil {
		d.t.Fatal(err)
	}
	letter := text(d.call("createLetterOrder", fields{"addressId": addresses.Addresses[0].ID}), "id")
	d.refused("LETTER_ALREADY_ORDERED", "createLetterOrder", fields{"addressId": addresses.Addresses[0].ID})
	d.call("getLetterOrder", nil, "letterOrderId="+letter)
	d.eventually("the letter's delivery", func() error { return d.deliver(letter) })
	d.call("deliverLetter", nil, "letterOrderId="+letter)
	d.eventually("the state DELIVERED", func() error {
		if state := d.call("getLetterOrder", nil, "letterOrderId="+letter)["state"]; state != "DELIVERED" {
			return fmt.Errorf("it is %v", state)
		}
		return nil
	})
	d.call("listLetterOrders", nil)
	code := d.message("LETTER", 1)
	d.attachment()
	d.refused("VALIDATION_FAILED", "redeemCode", fields{"code": "L-12"})
	d.refused("CONFIRMATION_CODE_WRONG", "redeemCode", fields{"code": "L-00000-00000"})
	d.call("redeemCode", fields{"code": code})
	d.call("getMe", nil)
	feed := d.call("listNotifications", nil)
	entries, _ := feed["notifications"].([]any)
	d.call("markNotificationsRead", fields{"notificationId": text(entries[0].(fields), "id")})
}

// deliver hands the letter over as soon as the post has it.
func (d *demonstration) deliver(letter string) error {
	resp, err := http.Post(d.url+"/sandbox/v1/letters/"+letter+":deliver", "application/json", nil)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		return fmt.Errorf("delivering: %d", resp.StatusCode)
	}
	return nil
}

func (d *demonstration) attachment() {
	var page struct {
		Messages []struct{ Attachments []struct{ URL string } }
	}
	if err := d.read("/sandbox/v1/messages?channel=LETTER", &page); err != nil {
		d.t.Fatal(err)
	}
	o := d.d.operation(d.t, "getAttachment")
	d.record(o, page.Messages[0].Attachments[0].URL, nil)
}

func text(o fields, name string) string {
	s, _ := o[name].(string)
	return s
}

func (d *demonstration) write() {
	data, err := json.MarshalIndent(d.examples, "", "  ")
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(examplesFile, append(data, '\n'), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// compare says where the committed examples are not what was sent and answered.
func (d *demonstration) compare() {
	data, err := os.ReadFile(examplesFile)
	if err != nil {
		d.t.Fatal(err)
	}
	var committed map[string]callExample
	if err := json.Unmarshal(data, &committed); err != nil {
		d.t.Fatal(err)
	}
	for _, o := range d.d.operations {
		now, made := d.examples[o.id]
		if !made {
			d.t.Errorf("%s was not called", o.id)
			continue
		}
		if err := agree(committed[o.id].Request, now.Request); err != nil {
			d.t.Errorf("the example request of %s: %v", o.id, err)
		}
		if err := agree(committed[o.id].Response, now.Response); err != nil {
			d.t.Errorf("the example answer of %s: %v", o.id, err)
		}
		if len(committed[o.id].Refusals) != len(now.Refusals) {
			d.t.Errorf("%s has examples of %d refusals, not of %d", o.id, len(committed[o.id].Refusals), len(now.Refusals))
		}
		for code, refusal := range now.Refusals {
			if err := agree(committed[o.id].Refusals[code], refusal); err != nil {
				d.t.Errorf("the example of %s with %s: %v", o.id, code, err)
			}
		}
	}
}

// agree says whether two JSON values have the same members.
func agree(committed, now json.RawMessage) error {
	if len(committed) == 0 && len(now) == 0 {
		return nil
	}
	a, err := members(committed)
	if err != nil {
		return err
	}
	b, err := members(now)
	if err != nil {
		return err
	}
	if !maps.Equal(a, b) {
		return fmt.Errorf("members differ:\n%s\n%s", committed, now)
	}
	return nil
}
