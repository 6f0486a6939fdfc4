package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

// Rules say who may call what: people see and edit their own cards; the other services act for them.
var Rules = rpc.Rules{
	profilev1.ProfileService_GetPerson_FullMethodName:      rpc.From("gateway", "web").Self(),
	profilev1.ProfileService_UpdatePerson_FullMethodName:   rpc.From("gateway", "web").Self(),
	profilev1.ProfileService_CreateDocument_FullMethodName: rpc.From("gateway", "web").Self(),
	profilev1.ProfileService_ListDocuments_FullMethodName:  rpc.From("gateway", "web").Self(),
	profilev1.ProfileService_GetDocument_FullMethodName:    rpc.From("gateway").Self(),
	profilev1.ProfileService_UpdateDocument_FullMethodName: rpc.From("gateway", "web").Self(),
	profilev1.ProfileService_DeleteDocument_FullMethodName: rpc.From("gateway").Self(),
	profilev1.ProfileService_CreateAddress_FullMethodName:  rpc.From("gateway", "web", "confirmation").Self(),
	profilev1.ProfileService_ListAddresses_FullMethodName:  rpc.From("gateway", "web").Self(),
	profilev1.ProfileService_GetAddress_FullMethodName:     rpc.From("gateway").Self(),
	profilev1.ProfileService_UpdateAddress_FullMethodName:  rpc.From("gateway", "web", "confirmation").Self(),
	profilev1.ProfileService_DeleteAddress_FullMethodName:  rpc.From("gateway").Self(),

	profilev1.ProfileService_PutCard_FullMethodName:        rpc.From("registration"),
	profilev1.ProfileService_GetCard_FullMethodName:        rpc.From("account", "oidc", "confirmation", "verification").OrOwnFrom("gateway", "web"),
	profilev1.ProfileService_FreezeSnapshot_FullMethodName: rpc.From("verification"),
	profilev1.ProfileService_GetSnapshot_FullMethodName:    rpc.From("verification"),
}
