package gateway

import (
	"strings"

	"github.com/propusk-id/propusk/pkg/boot"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/gateway/internal/pages"
	"github.com/propusk-id/propusk/services/gateway/internal/rest"
	"github.com/propusk-id/propusk/services/gateway/internal/session"
)

// dial connects to the services that the gateway calls.
func dial(p *boot.Platform) (rest.Conns, error) {
	conns := rest.Conns{}
	for _, name := range append(rest.Services(), "oidc") {
		cc, err := p.Dial(name)
		if err != nil {
			return nil, err
		}
		conns[name] = cc
	}
	return conns, nil
}

func newPages(p *boot.Platform, c rest.Conns, sessions *session.Resolver) *pages.Pages {
	return &pages.Pages{
		Registrations: registrationv1.NewRegistrationServiceClient(c["registration"]),
		Accounts:      accountv1.NewAccountServiceClient(c["account"]),
		Profiles:      profilev1.NewProfileServiceClient(c["profile"]),
		Verifications: verificationv1.NewVerificationServiceClient(c["verification"]),
		Confirmations: confirmationv1.NewConfirmationServiceClient(c["confirmation"]),
		Notifications: notificationv1.NewNotificationServiceClient(c["notification"]),
		OIDC:          oidcv1.NewOIDCServiceClient(c["oidc"]),
		Sessions:      sessions, Log: p.Log, Now: p.Now, PublicURL: p.Env.PublicURL,
		HTTPS: strings.HasPrefix(p.Env.PublicURL, "https://"), Sandbox: p.Env.Environment == boot.Sandbox,
	}
}
