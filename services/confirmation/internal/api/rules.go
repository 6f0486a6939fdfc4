package api

import (
	"time"

	"github.com/propusk-id/propusk/pkg/rpc"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
)

// recent is how fresh a sign-in must be to order a letter or to use its code.
const recent = 20 * time.Minute

// Rules say who may call what.
var Rules = rpc.Rules{
	confirmationv1.ConfirmationService_CreateLetterOrder_FullMethodName: rpc.From("gateway", "web").Self().
		Level(accountv1.Level_STANDARD).Recent(recent),
	confirmationv1.ConfirmationService_ListLetterOrders_FullMethodName: rpc.From("gateway", "web").Self(),
	confirmationv1.ConfirmationService_GetLetterOrder_FullMethodName:   rpc.From("gateway").Self(),
	confirmationv1.ConfirmationService_RedeemCode_FullMethodName: rpc.From("gateway", "web").Self().
		Level(accountv1.Level_STANDARD).Recent(recent),
}
