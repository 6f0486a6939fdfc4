package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
)

// evidenceIssuers are the services whose evidence raises an account to a level: whoever controls one of them cannot make
// anybody confirmed.
var evidenceIssuers = map[accountv1.Level]string{
	accountv1.Level_STANDARD: "verification", accountv1.Level_CONFIRMED: "confirmation",
}

// Rules say who may call what.
var Rules = rpc.Rules{
	accountv1.AccountService_CheckPassword_FullMethodName:     rpc.From("gateway"),
	accountv1.AccountService_GeneratePassword_FullMethodName:  rpc.From("gateway", "web"),
	accountv1.AccountService_GetPasswordPolicy_FullMethodName: rpc.From("gateway", "web"),

	accountv1.AccountService_CreateSession_FullMethodName:  rpc.From("gateway", "web"),
	accountv1.AccountService_ResolveSession_FullMethodName: rpc.From("gateway"),
	accountv1.AccountService_GetSession_FullMethodName:     rpc.From("oidc"),
	accountv1.AccountService_Reauthenticate_FullMethodName: rpc.From("gateway", "web").Self(),
	accountv1.AccountService_DeleteSession_FullMethodName:  rpc.From("gateway", "web").Self(),
	accountv1.AccountService_ChangePassword_FullMethodName: rpc.From("gateway", "web").Self(),

	accountv1.SignInService_BeginPasskey_FullMethodName: rpc.From("gateway", "web"),
	accountv1.SignInService_SendStepCode_FullMethodName: rpc.From("gateway", "web"),
	accountv1.SignInService_CompleteStep_FullMethodName: rpc.From("gateway", "web"),
	accountv1.SignInService_GetSignIn_FullMethodName:    rpc.From("web"),
	accountv1.SignInService_StepUp_FullMethodName:       rpc.From("gateway", "web").Self(),

	accountv1.SecondFactorService_ListSecondFactors_FullMethodName:    rpc.From("gateway", "web").Self(),
	accountv1.SecondFactorService_CreateSecondFactor_FullMethodName:   rpc.From("gateway", "web").Self().Recent(app.Recent),
	accountv1.SecondFactorService_ActivateSecondFactor_FullMethodName: rpc.From("gateway", "web").Self().Recent(app.Recent),
	accountv1.SecondFactorService_UpdateSecondFactor_FullMethodName:   rpc.From("gateway", "web").Self(),
	accountv1.SecondFactorService_DeleteSecondFactor_FullMethodName:   rpc.From("gateway", "web").Self().Recent(app.Recent),

	accountv1.AccountService_CreateAccount_FullMethodName: rpc.From("registration"),
	accountv1.AccountService_LookupContact_FullMethodName: rpc.From("registration"),
	accountv1.AccountService_GetContacts_FullMethodName:   rpc.From("gateway", "web", "notification", "confirmation", "oidc"),
	accountv1.AccountService_GetAccount_FullMethodName:    rpc.From("gateway", "web", "confirmation", "profile"),

	accountv1.AccountService_ApplyEvidence_FullMethodName: rpc.From("verification", "confirmation"),

	accountv1.ContactService_ListContacts_FullMethodName:        rpc.From("gateway", "web").Self(),
	accountv1.ContactService_AddContact_FullMethodName:          rpc.From("gateway", "web").Self().Recent(app.Recent),
	accountv1.ContactService_VerifyContact_FullMethodName:       rpc.From("gateway", "web").Self().Recent(app.Recent),
	accountv1.ContactService_ResendContactCode_FullMethodName:   rpc.From("gateway", "web").Self(),
	accountv1.ContactService_DeleteContact_FullMethodName:       rpc.From("gateway", "web").Self().Recent(app.Recent),
	accountv1.ContactService_KeepContact_FullMethodName:         rpc.From("gateway", "web").Self().Recent(app.Recent),
	accountv1.ContactService_CancelContactChange_FullMethodName: rpc.From("gateway", "web"),

	accountv1.RecoveryService_StartRecovery_FullMethodName:        rpc.From("gateway", "web"),
	accountv1.RecoveryService_SendRecoveryCode_FullMethodName:     rpc.From("gateway", "web"),
	accountv1.RecoveryService_CompleteRecoveryStep_FullMethodName: rpc.From("gateway", "web"),
	accountv1.RecoveryService_CompleteRecovery_FullMethodName:     rpc.From("gateway", "web"),
	accountv1.RecoveryService_CancelRecovery_FullMethodName:       rpc.From("gateway", "web"),
	accountv1.RecoveryService_GetRecovery_FullMethodName:          rpc.From("web"),

	accountv1.ControlQuestionService_GetControlQuestion_FullMethodName:    rpc.From("gateway", "web").Self(),
	accountv1.ControlQuestionService_SetControlQuestion_FullMethodName:    rpc.From("gateway", "web").Self().Recent(app.Recent),
	accountv1.ControlQuestionService_DeleteControlQuestion_FullMethodName: rpc.From("gateway", "web").Self().Recent(app.Recent),

	accountv1.ContactClaimService_CreateContactClaim_FullMethodName:   rpc.From("gateway", "web"),
	accountv1.ContactClaimService_SendContactClaimCode_FullMethodName: rpc.From("gateway", "web"),
	accountv1.ContactClaimService_VerifyContactClaim_FullMethodName:   rpc.From("gateway", "web"),
	accountv1.ContactClaimService_CompleteContactClaim_FullMethodName: rpc.From("gateway", "web"),
	accountv1.ContactClaimService_CancelContactClaim_FullMethodName:   rpc.From("gateway", "web"),

	// Ending sessions and forbidding devices protects: whoever is in a hurry need not prove anything first.
	accountv1.DeviceService_ListSessions_FullMethodName:     rpc.From("gateway", "web").Self(),
	accountv1.DeviceService_EndSession_FullMethodName:       rpc.From("gateway", "web").Self(),
	accountv1.DeviceService_EndOtherSessions_FullMethodName: rpc.From("gateway", "web").Self(),
	accountv1.DeviceService_ListDevices_FullMethodName:      rpc.From("gateway", "web").Self(),
	accountv1.DeviceService_UpdateDevice_FullMethodName:     rpc.From("gateway", "web").Self(),
	accountv1.DeviceService_DeleteDevice_FullMethodName:     rpc.From("gateway", "web").Self(),
	accountv1.DeviceService_DisownSignIn_FullMethodName:     rpc.From("gateway", "web"),

	accountv1.SettingsService_GetSettings_FullMethodName:    rpc.From("gateway", "web").Self(),
	accountv1.SettingsService_UpdateSettings_FullMethodName: rpc.From("gateway", "web").Self(),

	accountv1.TrustedContactService_GetTrustedContact_FullMethodName:    rpc.From("gateway", "web").Self(),
	accountv1.TrustedContactService_SetTrustedContact_FullMethodName:    rpc.From("gateway", "web").Self().Recent(app.Recent),
	accountv1.TrustedContactService_DeleteTrustedContact_FullMethodName: rpc.From("gateway", "web").Self().Recent(app.Recent),
	accountv1.TrustedContactService_ListPrincipals_FullMethodName:       rpc.From("gateway", "web").Self(),
	accountv1.TrustedContactService_AcceptPrincipal_FullMethodName: rpc.From("gateway", "web").Self().
		Level(accountv1.Level_STANDARD).Recent(app.Recent),
	accountv1.TrustedContactService_DeletePrincipal_FullMethodName: rpc.From("gateway", "web").Self().Recent(app.Recent),

	accountv1.AvatarService_GetAvatar_FullMethodName:    rpc.From("gateway", "web").Self(),
	accountv1.AvatarService_SetAvatar_FullMethodName:    rpc.From("gateway", "web").Self(),
	accountv1.AvatarService_DeleteAvatar_FullMethodName: rpc.From("gateway", "web").Self(),
}
