package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
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

	accountv1.AccountService_CreateAccount_FullMethodName: rpc.From("registration"),
	accountv1.AccountService_LookupContact_FullMethodName: rpc.From("registration"),
	accountv1.AccountService_GetContacts_FullMethodName:   rpc.From("gateway", "web", "notification", "confirmation", "oidc"),
	accountv1.AccountService_GetAccount_FullMethodName:    rpc.From("gateway", "web", "confirmation", "profile"),

	accountv1.AccountService_ApplyEvidence_FullMethodName: rpc.From("verification", "confirmation"),
}
