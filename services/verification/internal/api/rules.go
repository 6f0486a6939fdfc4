package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

// Rules say who may call what: people submit themselves and see their own verifications.
var Rules = rpc.Rules{
	verificationv1.VerificationService_CreateVerification_FullMethodName: rpc.From("gateway", "web").Self(),
	verificationv1.VerificationService_GetVerification_FullMethodName:    rpc.From("gateway", "web").Self(),
	verificationv1.VerificationService_ListVerifications_FullMethodName:  rpc.From("gateway", "web").Self(),
}
