package gateway

import (
	"strings"

	"google.golang.org/grpc"

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

// connections are those to the services that the gateway calls.
type connections struct {
	rest.Conns
	OIDC grpc.ClientConnInterface
}

func dial(p *boot.Platform) (connections, error) {
	var c connections
	for name, conn := range map[string]*grpc.ClientConnInterface{
		"registration": &c.Registration, "account": &c.Account, "profile": &c.Profile, "verification": &c.Verification,
		"confirmation": &c.Confirmation, "notification": &c.Notification, "oidc": &c.OIDC,
	} {
		cc, err := p.Dial(name)
		if err != nil {
			return c, err
		}
		*conn = cc
	}
	return c, nil
}

func newPages(p *boot.Platform, c connections, sessions *session.Resolver) *pages.Pages {
	return &pages.Pages{
		Registrations: registrationv1.NewRegistrationServiceClient(c.Registration),
		Accounts:      accountv1.NewAccountServiceClient(c.Account),
		Profiles:      profilev1.NewProfileServiceClient(c.Profile),
		Verifications: verificationv1.NewVerificationServiceClient(c.Verification),
		Confirmations: confirmationv1.NewConfirmationServiceClient(c.Confirmation),
		Notifications: notificationv1.NewNotificationServiceClient(c.Notification),
		OIDC:          oidcv1.NewOIDCServiceClient(c.OIDC),
		Sessions:      sessions, Log: p.Log, Now: p.Now, PublicURL: p.Env.PublicURL,
		HTTPS: strings.HasPrefix(p.Env.PublicURL, "https://"), Sandbox: p.Env.Environment == boot.Sandbox,
	}
}
