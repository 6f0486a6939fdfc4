package rest

import (
	"net/http"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
)

// Successes are the statuses of calls that do not answer 200.
var Successes = map[string]int{
	registrationv1.RegistrationService_StartRegistration_FullMethodName:    http.StatusCreated,
	registrationv1.RegistrationService_CompleteRegistration_FullMethodName: http.StatusCreated,
	accountv1.AccountService_CreateSession_FullMethodName:                  http.StatusCreated,
	accountv1.AccountService_DeleteSession_FullMethodName:                  http.StatusNoContent,
	profilev1.ProfileService_CreateDocument_FullMethodName:                 http.StatusCreated,
	profilev1.ProfileService_DeleteDocument_FullMethodName:                 http.StatusNoContent,
	profilev1.ProfileService_CreateAddress_FullMethodName:                  http.StatusCreated,
	profilev1.ProfileService_DeleteAddress_FullMethodName:                  http.StatusNoContent,
	verificationv1.VerificationService_CreateVerification_FullMethodName:   http.StatusAccepted,
	confirmationv1.ConfirmationService_CreateLetterOrder_FullMethodName:    http.StatusCreated,
}
