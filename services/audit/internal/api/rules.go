package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	auditv1 "github.com/propusk-id/propusk/proto/gen/propusk/audit/v1"
)

// Rules say who may call what. The gateway has no page for these yet; operators reach them through it.
var Rules = rpc.Rules{
	auditv1.AuditService_ListRecords_FullMethodName: rpc.From("gateway"),
	auditv1.AuditService_VerifyChain_FullMethodName: rpc.From("gateway"),
}
