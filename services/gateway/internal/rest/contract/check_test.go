package contract_test

import (
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	// The real contracts.
	_ "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	_ "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
)

type field struct {
	name   string
	filled optionsv1.Caller
	number bool
	// inner makes it a message that has a marked field.
	inner bool
}

// methods are those of a made-up contract with one method.
func methods(t *testing.T, rule *annotations.HttpRule, fields ...field) []contract.Method {
	t.Helper()
	request := &descriptorpb.DescriptorProto{Name: proto.String("Request")}
	for i, f := range fields {
		kind := descriptorpb.FieldDescriptorProto_TYPE_STRING
		if f.number {
			kind = descriptorpb.FieldDescriptorProto_TYPE_INT32
		}
		var message *string
		if f.inner {
			kind, message = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE, proto.String(".made.up.Inner")
		}
		options := &descriptorpb.FieldOptions{}
		proto.SetExtension(options, optionsv1.E_FilledWith, f.filled)
		request.Field = append(request.Field, &descriptorpb.FieldDescriptorProto{
			Name: proto.String(f.name), Number: proto.Int32(int32(i + 1)), Type: kind.Enum(), TypeName: message, Options: options,
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		})
	}
	marked := &descriptorpb.FieldOptions{}
	proto.SetExtension(marked, optionsv1.E_FilledWith, optionsv1.Caller_ACCOUNT_ID)
	inner := &descriptorpb.DescriptorProto{Name: proto.String("Inner"), Field: []*descriptorpb.FieldDescriptorProto{
		{
			Name: proto.String("owner"), Number: proto.Int32(1), Type: descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(), Options: marked,
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		},
		{
			Name: proto.String("again"), Number: proto.Int32(2), Type: descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum(),
			TypeName: proto.String(".made.up.Inner"), Label: descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum(),
		},
	}}
	options := &descriptorpb.MethodOptions{}
	proto.SetExtension(options, annotations.E_Http, rule)
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("made/up.proto"), Package: proto.String("made.up"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{request, inner},
		Service: []*descriptorpb.ServiceDescriptorProto{{Name: proto.String("Things"), Method: []*descriptorpb.MethodDescriptorProto{{
			Name: proto.String("Do"), InputType: proto.String(".made.up.Request"), OutputType: proto.String(".made.up.Request"), Options: options,
		}}}},
	}, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	return contract.MethodsOf(file)
}

func post(path, body string, more ...*annotations.HttpRule) *annotations.HttpRule {
	return &annotations.HttpRule{Pattern: &annotations.HttpRule_Post{Post: path}, Body: body, AdditionalBindings: more}
}

func TestContractsThatLetCallersSayWhoTheyAre(t *testing.T) {
	const account, session, surface = optionsv1.Caller_ACCOUNT_ID, optionsv1.Caller_SESSION_ID, optionsv1.Caller_SURFACE
	for name, c := range map[string]struct {
		methods []contract.Method
		want    string
	}{
		"marked":             {methods(t, post("/v1/me/things", "*"), field{name: "account_id", filled: account}), ""},
		"another's, by path": {methods(t, post("/v1/sessions/{session_id}:end", "*"), field{name: "session_id"}), ""},
		"not marked":         {methods(t, post("/v1/me/things", "*"), field{name: "account_id"}), "field account_id means the caller"},
		"bound in one path only": {
			methods(t, post("/v1/things/{account_id}", "*", post("/v1/things", "*")), field{name: "account_id"}), "field account_id means the caller",
		},
		"marked, and in the path": {
			methods(t, post("/v1/sessions/{session_id=*}", "*"), field{name: "session_id", filled: session}), "in the path",
		},
		"marked, and in another path": {
			methods(t, post("/v1/me", "*", post("/v1/sessions/{session_id}", "*")), field{name: "session_id", filled: session}), "in the path",
		},
		"marked, and the body": {methods(t, post("/v1/me", "owner"), field{name: "owner", filled: account}), "as the body"},
		"marked, and a number": {methods(t, post("/v1/me", "*"), field{name: "owner", filled: account, number: true}), "no string"},
		"marked, inside":       {methods(t, post("/v1/me", "*"), field{name: "thing", inner: true}), "only a request's own"},
		"a surface of words":   {methods(t, post("/v1/me", "*"), field{name: "surface", filled: surface}), "no enum"},
	} {
		err := contract.Check(c.methods)
		if len(c.methods) != 1 || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestTheRealContractsKeepCallersApart(t *testing.T) {
	all := contract.Methods()
	if err := contract.Check(all); err != nil || len(all) < 5 {
		t.Errorf("%d methods: %v", len(all), err)
	}
}
