package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	optionsv1 "github.com/propusk-id/propusk/proto/gen/propusk/options/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/rest/contract"
)

// tooLarge is what http.MaxBytesReader says; grpc-gateway keeps only the words.
const tooLarge = "http: request body too large"

var errNotJSON = errors.New("the body is not one JSON value")

// What protojson says of a body it cannot read, and grpc-gateway of a parameter. Their words never reach the caller; the
// field's name does.
var (
	unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)
	wrongEnum    = regexp.MustCompile(`invalid value for enum (?:field|type):? ([\w.]+)`)
	wrongParam   = regexp.MustCompile(`^(?:parsing field|too many values for field|duplicate field) "([^"]+)"`)
	wrongType    = regexp.MustCompile(`invalid value for \w+ (?:field|type):? ([\w.]+)`)
)

// parameters reads query parameters, and refuses one that the call does not have as a member of a body is refused.
type parameters struct{ runtime.DefaultQueryParser }

// Parse sets the message's fields.
func (p *parameters) Parse(m proto.Message, values url.Values, filter *utilities.DoubleArray) error {
	fields := m.ProtoReflect().Descriptor().Fields()
	for name := range values {
		f := fields.ByTextName(name)
		if f == nil {
			f = fields.ByJSONName(name)
		}
		if f == nil || contract.FilledWith(f) != optionsv1.Caller_CALLER_UNSPECIFIED {
			return fmt.Errorf("unknown field %q", name)
		}
	}
	return p.DefaultQueryParser.Parse(m, values, filter)
}

// wholeJSON reads bodies that are one JSON value and nothing else.
type wholeJSON struct{ *runtime.JSONPb }

// NewDecoder reads r to its end.
func (j wholeJSON) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(data)) > 0 && !json.Valid(data) {
			return errNotJSON
		}
		if err := checkMembers(data, v); err != nil {
			return err
		}
		return j.JSONPb.NewDecoder(bytes.NewReader(data)).Decode(v)
	})
}

// checkMembers refuses members that only the edge fills, as if the contract did not have them.
func checkMembers(data []byte, v any) error {
	m, ok := v.(proto.Message)
	if !ok {
		return nil
	}
	filled := contract.Filled(m.ProtoReflect().Descriptor())
	if len(filled) == 0 {
		return nil
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(data, &members) // what is no object, protojson refuses
	for _, f := range filled {
		for _, name := range []string{f.JSONName(), string(f.Name())} {
			if _, sent := members[name]; sent {
				return fmt.Errorf("unknown field %q", name)
			}
		}
	}
	return nil
}

// parseError is a request that grpc-gateway could not read.
func parseError(err error) error {
	st, ok := status.FromError(err)
	if !ok {
		return err
	}
	switch st.Code() {
	case codes.InvalidArgument:
		return bodyError(st.Message(), err)
	case codes.NotFound:
		return errs.Wrap(err, errs.NotFound, errorsv1.Reason_NOT_FOUND, "no such resource")
	case codes.Unimplemented:
		return errs.Wrap(err, errs.Invalid, errorsv1.Reason_METHOD_NOT_ALLOWED, "no such method")
	default:
		return err
	}
}

func bodyError(message string, err error) error {
	if strings.Contains(message, tooLarge) {
		return errs.Wrap(err, errs.Invalid, errorsv1.Reason_PAYLOAD_TOO_LARGE, "the body is too large")
	}
	for _, c := range []struct {
		pattern *regexp.Regexp
		reason  errorsv1.Reason
	}{
		{unknownField, errorsv1.Reason_FIELD_UNKNOWN},
		{wrongEnum, errorsv1.Reason_FIELD_UNKNOWN_VALUE},
		{wrongType, errorsv1.Reason_FIELD_TYPE},
		{wrongParam, errorsv1.Reason_FIELD_TYPE},
	} {
		if m := c.pattern.FindStringSubmatch(message); m != nil {
			var f errs.Fields
			f.Add(m[1], c.reason)
			return f.Err()
		}
	}
	return errs.Wrap(err, errs.Invalid, errorsv1.Reason_MALFORMED_JSON, "the body is not the JSON expected")
}
