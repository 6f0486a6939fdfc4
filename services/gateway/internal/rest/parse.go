package rest

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// parseError is the refusal of a request that grpc-gateway could not read; its words never reach the caller.
func parseError(err error) error {
	st, ok := status.FromError(err)
	if !ok {
		return err
	}
	switch st.Code() {
	case codes.InvalidArgument:
		return errs.Wrap(err, errorsv1.Reason_REQUEST_MALFORMED, "the request cannot be read")
	case codes.NotFound:
		return errs.Wrap(err, errorsv1.Reason_NOT_FOUND, "no such resource")
	case codes.Unimplemented:
		return errs.Wrap(err, errorsv1.Reason_METHOD_NOT_ALLOWED, "no such method")
	default:
		return err
	}
}
