package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	registryv1 "github.com/propusk-id/propusk/proto/gen/propusk/registry/v1"
)

// Rules say who may call what: verification checks people, the sandbox shows whom one can be.
var Rules = rpc.Rules{
	registryv1.RegistryService_CheckPension_FullMethodName:  rpc.From("verification"),
	registryv1.RegistryService_CheckPassport_FullMethodName: rpc.From("verification"),
	registryv1.RegistryService_ListPersonas_FullMethodName:  rpc.From("sandbox"),
	registryv1.RegistryService_GetPerson_FullMethodName:     rpc.From("sandbox"),
}
