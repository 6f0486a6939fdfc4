// Package contract reads what the services' contracts say about the REST API: paths, statuses, who may call, and which
// fields of a request mean the caller.
package contract

import (
	"net/http"
	"regexp"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
)

// Method is a method that the REST API offers.
type Method struct {
	protoreflect.MethodDescriptor
	// Bindings are its paths, with the member that is the body.
	Bindings []*annotations.HttpRule
}

// Methods are all of them, of the contracts that the program is linked with.
func Methods() []Method {
	var out []Method
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		out = append(out, MethodsOf(f)...)
		return true
	})
	return out
}

// MethodsOf are those of one contract.
func MethodsOf(f protoreflect.FileDescriptor) []Method {
	var out []Method
	for i := range f.Services().Len() {
		methods := f.Services().Get(i).Methods()
		for j := range methods.Len() {
			rule, _ := proto.GetExtension(methods.Get(j).Options(), annotations.E_Http).(*annotations.HttpRule)
			if rule.GetPattern() != nil {
				out = append(out, Method{methods.Get(j), append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...)})
			}
		}
	}
	return out
}

// FullMethod is its name in calls: "/propusk.account.v1.AccountService/CreateSession".
func (m Method) FullMethod() string {
	return "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
}

// Status is that of a success.
func (m Method) Status() int {
	if status, _ := proto.GetExtension(m.Options(), optionsv1.E_SuccessStatus).(int32); status != 0 {
		return int(status)
	}
	return http.StatusOK
}

// Public says that it needs no signed-in person.
func (m Method) Public() bool {
	public, _ := proto.GetExtension(m.Options(), optionsv1.E_Public).(bool)
	return public
}

// Service is the name of the service that it is of, and what developers of front ends do with that.
func (m Method) Service() (name, purpose string) {
	purpose, _ = proto.GetExtension(m.Parent().Options(), optionsv1.E_Purpose).(string)
	return string(m.Parent().Name()), purpose
}

// Refusals are the reasons of its own for which it refuses.
func (m Method) Refusals() []errorsv1.Reason {
	reasons, _ := proto.GetExtension(m.Options(), optionsv1.E_Refusals).([]errorsv1.Reason)
	return reasons
}

// MaxBody is how many bytes its requests may have; 0: as many as any.
func (m Method) MaxBody() int64 {
	most, _ := proto.GetExtension(m.Options(), optionsv1.E_MaxBody).(int32)
	return int64(most)
}

// Idempotency is what an Idempotency-Key does for its callers; nil: it takes none.
func (m Method) Idempotency() *optionsv1.Idempotency {
	what, _ := proto.GetExtension(m.Options(), optionsv1.E_Idempotency).(*optionsv1.Idempotency)
	return what
}

// Path is that of a binding, and the HTTP method it is for.
func Path(rule *annotations.HttpRule) (method, path string) {
	switch p := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		return http.MethodGet, p.Get
	case *annotations.HttpRule_Post:
		return http.MethodPost, p.Post
	case *annotations.HttpRule_Put:
		return http.MethodPut, p.Put
	case *annotations.HttpRule_Patch:
		return http.MethodPatch, p.Patch
	case *annotations.HttpRule_Delete:
		return http.MethodDelete, p.Delete
	}
	return "", ""
}

var variable = regexp.MustCompile(`\{([\w.]+)`)

// Variables are the fields that a binding's path sets.
func Variables(rule *annotations.HttpRule) []string {
	_, path := Path(rule)
	var out []string
	for _, m := range variable.FindAllStringSubmatch(path, -1) {
		out = append(out, m[1])
	}
	return out
}
