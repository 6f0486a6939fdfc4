package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
)

// Rules say who may call what. Nobody is signed in yet: what a step needs is the registration's id, and the
// last one its completion token.
var Rules = rpc.Rules{
	registrationv1.RegistrationService_StartRegistration_FullMethodName:    rpc.From("gateway", "web"),
	registrationv1.RegistrationService_GetRegistration_FullMethodName:      rpc.From("gateway", "web"),
	registrationv1.RegistrationService_ResendCode_FullMethodName:           rpc.From("gateway", "web"),
	registrationv1.RegistrationService_VerifyCode_FullMethodName:           rpc.From("gateway", "web"),
	registrationv1.RegistrationService_CompleteRegistration_FullMethodName: rpc.From("gateway", "web"),
}
