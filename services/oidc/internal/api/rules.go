package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
)

// operator is the name under which commands of the operator call.
const operator = "operator"

// Rules say who may call what. The pages name a session, which is asked of account each time.
var Rules = rpc.Rules{
	oidcv1.OIDCService_GetInteraction_FullMethodName:        rpc.From("web"),
	oidcv1.OIDCService_DecideInteraction_FullMethodName:     rpc.From("web"),
	oidcv1.OIDCService_ChooseAccount_FullMethodName:         rpc.From("web"),
	oidcv1.OIDCService_HoldRequest_FullMethodName:           rpc.From("web"),
	oidcv1.OIDCService_ListHeldRequests_FullMethodName:      rpc.From("web", "notification"),
	oidcv1.OIDCService_DeleteHeldRequest_FullMethodName:     rpc.From("web").Self(),
	oidcv1.OIDCService_ListPartnerSignIns_FullMethodName:    rpc.From("account"),
	oidcv1.OIDCService_GetPartner_FullMethodName:            rpc.From("web"),
	oidcv1.OIDCService_GetLogout_FullMethodName:             rpc.From("web"),
	oidcv1.OIDCService_CreateClient_FullMethodName:          rpc.From("sandbox"),
	oidcv1.OIDCService_GetClient_FullMethodName:             rpc.From("sandbox", operator),
	oidcv1.OIDCService_ListClients_FullMethodName:           rpc.From("sandbox", operator),
	oidcv1.OIDCService_UpdateClient_FullMethodName:          rpc.From("sandbox", operator),
	oidcv1.OIDCService_DeleteClient_FullMethodName:          rpc.From("sandbox", operator),
	oidcv1.OIDCService_AddClientSecret_FullMethodName:       rpc.From("sandbox", operator),
	oidcv1.OIDCService_DeleteClientSecret_FullMethodName:    rpc.From("sandbox", operator),
	oidcv1.OIDCService_ApplyClient_FullMethodName:           rpc.From("sandbox", operator),
	oidcv1.OIDCService_ListClientRequests_FullMethodName:    rpc.From("sandbox"),
	oidcv1.OIDCService_SetMisbehaviour_FullMethodName:       rpc.From("sandbox"),
	oidcv1.OIDCService_GetMisbehaviour_FullMethodName:       rpc.From("sandbox"),
	oidcv1.OIDCService_ListMisbehaviourKinds_FullMethodName: rpc.From("sandbox"),

	oidcv1.ConsentService_ListConsents_FullMethodName:    rpc.From("gateway", "web").Self(),
	oidcv1.ConsentService_WithdrawConsent_FullMethodName: rpc.From("gateway", "web").Self(),
	oidcv1.ConsentService_ListGrants_FullMethodName:      rpc.From("gateway", "web").Self(),
	oidcv1.ConsentService_EndGrant_FullMethodName:        rpc.From("gateway", "web").Self(),
}
