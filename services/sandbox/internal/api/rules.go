package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
)

// Rules say who may call what.
var Rules = rpc.Rules{
	sandboxv1.SandboxService_ReceiveSMS_FullMethodName:     rpc.From("notification"),
	sandboxv1.SandboxService_ReceiveEmail_FullMethodName:   rpc.From("notification"),
	sandboxv1.SandboxService_HandOverLetter_FullMethodName: rpc.From("confirmation"),
}
