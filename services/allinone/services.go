package allinone

import (
	"slices"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/account"
	"github.com/propusk-id/propusk/services/audit"
	"github.com/propusk-id/propusk/services/confirmation"
	"github.com/propusk-id/propusk/services/gateway"
	"github.com/propusk-id/propusk/services/notification"
	"github.com/propusk-id/propusk/services/oidc"
	"github.com/propusk-id/propusk/services/otp"
	"github.com/propusk-id/propusk/services/profile"
	"github.com/propusk-id/propusk/services/registration"
	"github.com/propusk-id/propusk/services/registry"
	"github.com/propusk-id/propusk/services/sandbox"
	"github.com/propusk-id/propusk/services/verification"
	"github.com/propusk-id/propusk/services/web"
)

// Services are all services of Propusk, by name.
func Services() []boot.Service {
	return []boot.Service{
		account.Service(),
		audit.Service(),
		confirmation.Service(),
		gateway.Service(),
		notification.Service(),
		oidc.Service(),
		otp.Service(),
		profile.Service(),
		registration.Service(),
		registry.Service(),
		sandbox.Service(),
		verification.Service(),
		web.Service(),
	}
}

// servicesFor are the services that run in an environment.
func servicesFor(e boot.Environment) []boot.Service {
	all := Services()
	if e == boot.Sandbox {
		return all
	}
	return slices.DeleteFunc(all, func(s boot.Service) bool { return s.Simulation })
}

// Producers are the services that emit events, by name.
func Producers() []string { return boot.Producers(Services()) }

func names(services []boot.Service) []string {
	out := make([]string, len(services))
	for i, s := range services {
		out[i] = s.Name
	}
	return out
}
