package strictjson_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/internal/strictjson"
)

// order has a message in a message, check a list, list a number and an enum, person a mask.
func order() proto.Message  { return &confirmationv1.CreateLetterOrderRequest{} }
func check() proto.Message  { return &accountv1.CheckPasswordRequest{} }
func list() proto.Message   { return &notificationv1.ListNotificationsRequest{} }
func person() proto.Message { return &profilev1.Person{} }
func card() proto.Message   { return &profilev1.Card{} }

// hidden is what the callers of these may not send.
func hidden(f protoreflect.FieldDescriptor) bool { return f.Name() == "account_id" }

func TestEverythingWrongIsToldByItsPlace(t *testing.T) {
	for _, c := range []struct {
		into func() proto.Message
		body string
		want []string
	}{
		{order, `{"addresId":"1"}`, []string{"/addresId FIELD_UNKNOWN"}},
		{order, `{"accountId":"1","account_id":"2"}`, []string{"/accountId FIELD_UNKNOWN", "/account_id FIELD_UNKNOWN"}},
		{order, `{"address":{"cty":"Тула","house":7,"type":"HUT"}}`, []string{
			"/address/cty FIELD_UNKNOWN", "/address/house FIELD_TYPE", "/address/type FIELD_UNKNOWN_VALUE",
		}},
		{order, `{"address":{"city":"Тула","city":"Орёл"},"addressId":"1","address_id":"1"}`, []string{
			"/address/city FIELD_REPEATED", "/address_id FIELD_REPEATED",
		}},
		{order, `{"address":[]}`, []string{"/address FIELD_TYPE"}},
		{order, `{"address":"Тула"}`, []string{"/address FIELD_TYPE"}},
		{order, `{"address":{"type":1}}`, []string{"/address/type FIELD_TYPE"}},
		{order, `{"addressId":{"a":1}}`, []string{"/addressId FIELD_TYPE"}},
		{order, `{"a/b~c":1}`, []string{"/a~1b~0c FIELD_UNKNOWN"}},
		{order, `{"addressId":"1"} {}`, []string{" TRAILING_DATA"}},
		{order, `{"addressId":"1"}]`, []string{" TRAILING_DATA"}},
		{order, `[]`, []string{" FIELD_TYPE"}},
		{order, `7`, []string{" FIELD_TYPE"}},
		{order, `null`, []string{" FIELD_TYPE"}},
		{order, "{\"addressId\":\"\xff\"}", []string{"/addressId FIELD_ENCODING"}},
		{order, `{"addressId":"\ud800"}`, []string{"/addressId FIELD_ENCODING"}},
		{order, "{\"address\":{\"\xff\":1}}", []string{"/address FIELD_ENCODING"}},
		{order, `{"x":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `}`, []string{"/x FIELD_UNKNOWN", "/x NESTED_TOO_DEEPLY"}},
		{order, `{"address":{"city":"Тула`, []string{"/address/city MALFORMED_JSON"}},
		{order, `{"address":{"city" "Тула"}}`, []string{"/address/city MALFORMED_JSON"}},
		{order, `{"addressId":"1",}`, []string{" MALFORMED_JSON"}},
		{order, `nope`, []string{" MALFORMED_JSON"}},
		{check, `{"context":["a",2,null,["b"]]}`, []string{"/context/1 FIELD_TYPE", "/context/2 FIELD_TYPE", "/context/3 FIELD_TYPE"}},
		{check, `{"context":"a"}`, []string{"/context FIELD_TYPE"}},
		{list, `{"pageSize":2147483648,"kind":"NEWS"}`, []string{"/pageSize FIELD_OUT_OF_RANGE", "/kind FIELD_UNKNOWN_VALUE"}},
		{list, `{"pageSize":"99999999999"}`, []string{"/pageSize FIELD_OUT_OF_RANGE"}},
		{list, `{"pageSize":1.5}`, []string{"/pageSize FIELD_TYPE"}},
		{list, `{"pageSize":"many"}`, []string{"/pageSize FIELD_TYPE"}},
		{list, `{"pageSize":true}`, []string{"/pageSize FIELD_TYPE"}},
		{person, `{"verifiedFields":"last_name"}`, []string{"/verifiedFields FIELD_MALFORMED"}},
		{person, `{"verifiedFields":{}}`, []string{"/verifiedFields FIELD_TYPE"}},
		{card, `{"documents":[{},{"numbr":"1"}]}`, []string{"/documents/1/numbr FIELD_UNKNOWN"}},
	} {
		var got []string
		e, ok := errs.As(strictjson.Unmarshal([]byte(c.body), c.into(), hidden))
		if !ok {
			t.Errorf("%s is taken", c.body)
			continue
		}
		for _, f := range e.Fields {
			got = append(got, f.Pointer+" "+f.Reason.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.body, got, c.want)
		}
		malformed := slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, "MALFORMED_JSON") })
		if want := errorsv1.Reason_VALIDATION_FAILED; !malformed && e.Reason != want || malformed && e.Reason != errorsv1.Reason_MALFORMED_JSON {
			t.Errorf("%s is refused as %s", c.body, e.Reason)
		}
	}
}

func TestWhatIsTaken(t *testing.T) {
	for body, into := range map[string]func() proto.Message{
		"": order, " \n": order, `{}`: order, `{"address":null}`: order,
		`{"address":{"postal_code":"300000","type":"RESIDENCE","house":"7\u00a0а"}}`: order,
		`{"password":"x","context":[]}`:                                              check, `{"pageSize":"5"}`: list, `{"gender":"F","verifiedFields":"lastName,snils"}`: person,
	} {
		got, want := into(), into()
		if err := strictjson.Unmarshal([]byte(body), got, hidden); err != nil {
			t.Errorf("%q: %v", body, err)
		}
		if strings.TrimSpace(body) != "" && protojson.Unmarshal([]byte(body), want) != nil || !proto.Equal(got, want) {
			t.Errorf("%q is %v, want %v", body, got, want)
		}
	}
}

// Nobody has an answer grow without end, and what stands in a body stays out of the log.
func TestFewMistakesAreToldAndNoneIsLogged(t *testing.T) {
	var members []string
	for i := range 1000 {
		members = append(members, `"canary`+strconv.Itoa(i)+`":1`)
	}
	e, ok := errs.As(strictjson.Unmarshal([]byte("{"+strings.Join(members, ",")+"}"), order(), nil))
	if !ok || len(e.Fields) != 20 || strings.Contains(e.Error(), "canary") {
		t.Errorf("%d mistakes: %v", len(e.Fields), e)
	}
}

func FuzzBody(f *testing.F) {
	for _, body := range []string{
		`{}`, ``, `{"addressId":"1","address":{"type":"RESIDENCE","city":"Тула"}}`, `{"context":["a",1,{}]}`, `{"pageSize":1e2}`,
		`{"a":[[[{"b":null}]]]}`, `{"address":{"city":1,"city":2}} x`, `{"addressId":"\ud800"}`, "{\"\xff\":\"\xff\"}", `{"verifiedFields":"a,b"}`,
		`[1,]`, `{"a" 1}`, `{"type":"RESIDENCE","type":1}`, `{"documents":[{"type":"RF_PASSPORT"},null]}`, `-`, `"`, `{"":{"":{}}}`, `{"~1/":0}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, into := range []func() proto.Message{order, check, list, person, card} {
			got, want := into(), into()
			err := strictjson.Unmarshal(body, got, nil)
			refused := protojson.Unmarshal(body, want)
			switch {
			case err == nil && strings.TrimSpace(string(body)) == "":
			case err == nil && (refused != nil || !proto.Equal(got, want)):
				t.Fatalf("%q is taken as %v; protojson: %v, %v", body, got, want, refused)
			case err != nil:
				wantPlaces(t, body, err)
			}
		}
	})
}

// wantPlaces follows every pointer of a refusal. A member that is there twice is another one to encoding/json.
func wantPlaces(t *testing.T, body []byte, err error) {
	t.Helper()
	e, ok := errs.As(err)
	if !ok || len(e.Fields) == 0 {
		t.Fatalf("%q is refused without a word: %v", body, err)
	}
	var whole any
	uncertain := json.Unmarshal(body, &whole) != nil
	for _, f := range e.Fields {
		uncertain = uncertain || f.Reason == errorsv1.Reason_FIELD_REPEATED || f.Reason == errorsv1.Reason_FIELD_ENCODING
	}
	keys := map[string]int{}
	for _, f := range e.Fields {
		if f.Pointer != "" && !strings.HasPrefix(f.Pointer, "/") {
			t.Fatalf("%q: %q is no pointer", body, f.Pointer)
		}
		if keys[f.Pointer]++; keys[f.Pointer] > 1 && f.Reason == errorsv1.Reason_FIELD_UNKNOWN {
			uncertain = true // an unknown name may be there twice too
		}
	}
	for _, f := range e.Fields {
		if !uncertain && !leads(whole, f.Pointer) {
			t.Fatalf("%q: %q leads nowhere", body, f.Pointer)
		}
	}
}

func leads(v any, pointer string) bool {
	if pointer == "" {
		return true
	}
	part, rest, more := strings.Cut(pointer[1:], "/")
	if more {
		rest = "/" + rest
	}
	name := strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
	switch v := v.(type) {
	case map[string]any:
		next, ok := v[name]
		return ok && leads(next, rest)
	case []any:
		i, err := strconv.Atoi(name)
		return err == nil && i >= 0 && i < len(v) && leads(v[i], rest)
	}
	return false
}
