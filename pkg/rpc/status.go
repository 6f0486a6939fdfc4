package rpc

import (
	"fmt"
	"strconv"
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
	st, err := status.New(codeOf[e.Kind], e.Message).WithDetails(info, violations(e.Fields),
		&errdetails.RetryInfo{RetryDelay: durationpb.New(e.RetryAfter)})
	if err != nil {
		return status.Error(codes.Internal, "internal error")
	}
	return st.Err()
}

// describedMax is the description of a field that exceeds a limit.
const describedMax = "at most %d characters"

func violations(fields []errs.Field) *errdetails.BadRequest {
	bad := &errdetails.BadRequest{}
	for _, f := range fields {
		violation := &errdetails.BadRequest_FieldViolation{Field: f.Name, Reason: f.Reason.String()}
		if f.Max > 0 {
			violation.Description = fmt.Sprintf(describedMax, f.Max)
		}
		bad.FieldViolations = append(bad.FieldViolations, violation)
	}
	return bad
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
		if len(k) > len(metaParam) && k[:len(metaParam)] == metaParam {
			out.With(k[len(metaParam):], v)
		}
	}
}

func fillFields(out *errs.Error, bad *errdetails.BadRequest) {
	for _, v := range bad.GetFieldViolations() {
		f := errs.Field{Name: v.GetField(), Reason: errorsv1.Reason(errorsv1.Reason_value[v.GetReason()])}
		if _, err := fmt.Sscanf(v.GetDescription(), describedMax, &f.Max); err != nil {
			f.Max = 0
		}
		out.Fields = append(out.Fields, f)
	}
}

func foreign(st *status.Status, err error) error {
	switch st.Code() {
	case codes.Unavailable:
		return errs.Wrap(err, errs.Unavailable, errorsv1.Reason_UNAVAILABLE, "a service cannot be reached").
			After(time.Second)
	case codes.DeadlineExceeded:
		return errs.Wrap(err, errs.Deadline, errorsv1.Reason_DEADLINE_EXCEEDED, "the answer took too long")
	case codes.Canceled:
		return errs.Wrap(err, errs.Unavailable, errorsv1.Reason_CANCELED, "the caller has disconnected")
	default:
		return errs.Wrap(err, errs.Internal, errorsv1.Reason_INTERNAL, "internal error")
	}
}
