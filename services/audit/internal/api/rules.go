package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	auditv1 "github.com/propusk-id/propusk/proto/gen/propusk/audit/v1"
)

// Rules say who may call what. No service reads the record and no page shows it: an operator does, with this service's
// own certificate.
var Rules = rpc.Rules{
	auditv1.AuditService_ListRecords_FullMethodName: rpc.From("audit"),
	auditv1.AuditService_VerifyChain_FullMethodName: rpc.From("audit"),
}
