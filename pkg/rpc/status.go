package rpc

import (
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

const (
	errorDomain = "propusk"
	metaKind    = "kind"
	metaParam   = "param."
	// metaAttempts is among the text's parameters, where earlier versions look for it.
	metaAttempts = metaParam + "attempts"
)

var codeOf = map[errs.Kind]codes.Code{
	errs.Internal: codes.Internal, errs.Invalid: codes.InvalidArgument, errs.Unauthenticated: codes.Unauthenticated,
	errs.Denied: codes.PermissionDenied, errs.NotFound: codes.NotFound, errs.Conflict: codes.FailedPrecondition,
	errs.Precondition: codes.Aborted, errs.Unprocessable: codes.FailedPrecondition,
	errs.Throttled: codes.ResourceExhausted, errs.Unavailable: codes.Unavailable, errs.Deadline: codes.DeadlineExceeded,
}

// toStatus is what the caller may know of a refusal.
func toStatus(e *errs.Error) error {
	info := &errdetails.ErrorInfo{
		Domain: errorDomain, Reason: e.Reason.String(),
		Metadata: map[string]string{metaKind: strconv.Itoa(int(e.Kind))},
	}
	for k, v := range e.Params {
		info.Metadata[metaParam+k] = v
	}
	if e.AttemptsLeft != nil {
		info.Metadata[metaAttempts] = strconv.Itoa(*e.AttemptsLeft)
	}
	st, err := status.New(codeOf[e.Kind], e.Message).WithDetails(info, violations(e.Fields), bounds(e.Fields),
		&errdetails.RetryInfo{RetryDelay: durationpb.New(e.RetryAfter)})
	if err != nil {
		return status.Error(codes.Internal, "internal error")
	}
	return st.Err()
}

func violations(fields []errs.Field) *errdetails.BadRequest {
	bad := &errdetails.BadRequest{}
	for _, f := range fields {
		bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{Field: f.Name, Reason: f.Reason.String()})
	}
	return bad
}

// bounds are what the wrong fields' values must keep to, in the fields' order.
func bounds(fields []errs.Field) *errorsv1.Bounds {
	out := &errorsv1.Bounds{}
	for _, f := range fields {
		out.Fields = append(out.Fields, &errorsv1.FieldBounds{Max: int32(f.Max), Pattern: f.Pattern})
	}
	return out
}

// FromStatus makes an error that came over gRPC an [errs.Error] again; one that no Propusk server made becomes
// UNAVAILABLE or INTERNAL.
func FromStatus(err error) error {
	if err == nil {
		return nil
	}
	st := status.Convert(err)
	out := &errs.Error{Kind: errs.Internal, Reason: errorsv1.Reason_INTERNAL, Message: st.Message()}
	for _, d := range st.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			fillInfo(out, d)
		case *errdetails.BadRequest:
			fillFields(out, d)
		case *errorsv1.Bounds:
			fillBounds(out, d)
		case *errdetails.RetryInfo:
			out.RetryAfter = d.GetRetryDelay().AsDuration()
		}
	}
	if len(st.Details()) > 0 {
		return out
	}
	return foreign(st, err)
}

func fillInfo(out *errs.Error, info *errdetails.ErrorInfo) {
	out.Reason = errorsv1.Reason(errorsv1.Reason_value[info.GetReason()])
	if k, err := strconv.Atoi(info.GetMetadata()[metaKind]); err == nil {
		out.Kind = errs.Kind(k)
	}
	for k, v := range info.GetMetadata() {
		if left, err := strconv.Atoi(v); k == metaAttempts && err == nil {
			out.AttemptsLeft = &left
		} else if name, ok := strings.CutPrefix(k, metaParam); ok {
			out.With(name, v)
		}
	}
}

func fillFields(out *errs.Error, bad *errdetails.BadRequest) {
	for _, v := range bad.GetFieldViolations() {
		out.Fields = append(out.Fields, errs.Field{Name: v.GetField(), Reason: errorsv1.Reason(errorsv1.Reason_value[v.GetReason()])})
	}
}

func fillBounds(out *errs.Error, bounds *errorsv1.Bounds) {
	for i, b := range bounds.GetFields() {
		if i < len(out.Fields) {
			out.Fields[i].Max, out.Fields[i].Pattern = int(b.GetMax()), b.GetPattern()
		}
	}
}

func foreign(st *status.Status, err error) error {
	switch st.Code() {
	case codes.Unavailable:
		return errs.Wrap(err, errorsv1.Reason_UNAVAILABLE, "a service cannot be reached").
			After(time.Second)
	case codes.DeadlineExceeded:
		return errs.Wrap(err, errorsv1.Reason_DEADLINE_EXCEEDED, "the answer took too long")
	case codes.Canceled:
		return errs.Wrap(err, errorsv1.Reason_CANCELED, "the caller has disconnected")
	default:
		return errs.Wrap(err, errorsv1.Reason_INTERNAL, "internal error")
	}
}
