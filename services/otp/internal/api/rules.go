package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
)

// Rules say who may call what.
var Rules = rpc.Rules{
	otpv1.OTPService_IssueCode_FullMethodName:  rpc.From("registration", "account"),
	otpv1.OTPService_VerifyCode_FullMethodName: rpc.From("registration", "account"),
}
