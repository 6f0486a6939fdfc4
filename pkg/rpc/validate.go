package rpc

import (
	"errors"
	"strings"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// validate enforces what the contracts say of requests: sizes and formats (buf.validate) and fields that exclude one another; and
// that text is text. What a value means is for the service to decide.
func (s *server) validate(m proto.Message) error {
	err := s.validator.Validate(m)
	var bad *protovalidate.ValidationError
	if err != nil && !errors.As(err, &bad) {
		return err
	}
	var fields errs.Fields
	if bad == nil {
		checkText(m.ProtoReflect(), "", &fields)
		checkChoices(m.ProtoReflect(), &fields)
		return fields.Err()
	}
	for _, v := range bad.Violations {
		fields.Check(protovalidate.FieldPathString(v.Proto.GetField()), bound(v))
	}
	return fields.Err()
}

// bound is what is wrong with the field, and the limit that its text exceeds.
func bound(v *protovalidate.Violation) errs.Problem {
	p := errs.Problem{Reason: boundReason(v.Proto.GetRuleId())}
	if limit, ok := v.RuleValue.Interface().(uint64); ok && v.Proto.GetRuleId() == "string.max_len" {
		p.Max = int(limit)
	}
	return p
}

func boundReason(rule string) errs.Reason {
	switch {
	case strings.HasSuffix(rule, "max_len"), strings.HasSuffix(rule, "max_items"):
		return errorsv1.Reason_FIELD_TOO_LONG
	case strings.HasSuffix(rule, "min_len"), rule == "required":
		return errorsv1.Reason_FIELD_REQUIRED
	case strings.HasPrefix(rule, "enum"):
		return errorsv1.Reason_FIELD_UNKNOWN_VALUE
	default:
		return errorsv1.Reason_FIELD_MALFORMED
	}
}
