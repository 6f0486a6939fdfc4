package rest

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
	"github.com/propusk-id/propusk/services/internal/strictjson"
)

// expected is what the requests of a route may have. The zero value has neither parameters nor a body.
type expected struct {
	// input is the message whose fields the parameters are; nil: there are none.
	input protoreflect.MessageType
	// body is the message that the body is; nil: there is none.
	body protoreflect.MessageType
	// field is the input's field that the body is; empty: there is none, or the body is the input.
	field string
	// elsewhere are the input's fields that come in the path or as the body.
	elsewhere []string
	// maxBody is how many bytes the body may have; 0: as many as any.
	maxBody int64
}

// expectations are those of every route of the contracts, by method and path.
func expectations(methods []contract.Method) (map[string]expected, error) {
	out := map[string]expected{}
	for _, m := range methods {
		input, err := protoregistry.GlobalTypes.FindMessageByName(m.Input().FullName())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.FullMethod(), err)
		}
		for _, rule := range m.Bindings {
			method, path := contract.Path(rule)
			e := expect(input, rule)
			e.maxBody = m.MaxBody()
			out[method+" "+path] = e
		}
	}
	return out, nil
}

func expect(input protoreflect.MessageType, rule *annotations.HttpRule) expected {
	e := expected{input: input, elsewhere: contract.Variables(rule)}
	switch body := rule.GetBody(); body {
	case "":
	case "*": // then nothing is left for parameters
		e.body = input
	default:
		field := input.Descriptor().Fields().ByTextName(body)
		e.body, e.field = input.New().NewField(field).Message().Type(), body
		e.elsewhere = append(e.elsewhere, body)
	}
	return e
}

// MaxBody is how many bytes a request may have; 0: as many as any. Routes that may have more have no variables in their paths.
func (a *API) MaxBody(r *http.Request) int64 { return a.expected[r.Method+" "+r.URL.Path].maxBody }

// checkRequest stands before every route, and refuses a request that has what the route does not take: by its place, and
// all that is wrong at once. grpc-gateway would stop at the first mistake, and let some pass.
func (a *API) checkRequest(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		f, _ := r.Context().Value(foundKey{}).(*found)
		e := a.expected[f.pattern]
		f.body = e.field
		err := e.checkParameters(r.URL.Query())
		if err == nil {
			err = e.checkBody(r)
		}
		if err != nil {
			WriteProblem(w, r, err)
			return
		}
		next(w, r, params)
	}
}

func (e expected) checkParameters(values url.Values) error {
	var wrong errs.Fields
	seen := map[protoreflect.Name]bool{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		field := e.parameter(name)
		if field == nil {
			wrong = append(wrong, errs.Field{Pointer: strictjson.Pointer(name), Reason: errorsv1.Reason_FIELD_UNKNOWN})
			continue
		}
		if reason := e.judge(field, name, values[name], seen[field.Name()]); reason != errorsv1.Reason_REASON_UNSPECIFIED {
			wrong = append(wrong, errs.Field{Name: string(field.Name()), Pointer: strictjson.Pointer(field.JSONName()), Reason: reason})
		}
		seen[field.Name()] = true
	}
	return wrong.Err()
}

// judge says what is wrong with a parameter; unspecified: nothing.
func (e expected) judge(field protoreflect.FieldDescriptor, name string, values []string, again bool) errs.Reason {
	if again || len(values) > 1 && !field.IsList() {
		return errorsv1.Reason_FIELD_REPEATED
	}
	parser := &runtime.DefaultQueryParser{}
	if parser.Parse(e.input.New().Interface(), url.Values{name: values}, utilities.NewDoubleArray(nil)) != nil {
		return strictjson.Misfit(field, values[0])
	}
	return errorsv1.Reason_REASON_UNSPECIFIED
}

// parameter is the field that a parameter sets; nil: the route has no such parameter.
func (e expected) parameter(name string) protoreflect.FieldDescriptor {
	if e.input == nil || e.body == e.input {
		return nil
	}
	fields := e.input.Descriptor().Fields()
	field := fields.ByTextName(name)
	if field == nil {
		field = fields.ByJSONName(name)
	}
	if field == nil || e.hides(field) {
		return nil
	}
	return field
}

// hides says of a field that callers do not set it by a parameter or in the body.
func (e expected) hides(field protoreflect.FieldDescriptor) bool {
	if field.Parent() == protoreflect.Descriptor(e.input.Descriptor()) && slices.Contains(e.elsewhere, string(field.Name())) {
		return true
	}
	return contract.FilledWith(field) != optionsv1.Caller_CALLER_UNSPECIFIED
}

// checkBody reads the body, which is there to be read again afterwards.
func (e expected) checkBody(r *http.Request) error {
	if e.body == nil {
		return nil
	}
	body, err := strictjson.Body(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return strictjson.Unmarshal(body, e.body.New().Interface(), e.hides)
}
