// Package web is the hosted pages: signing up and in, the cabinet, a partner's sign-in. They stand behind the gateway.
package web

import (
	"context"

	"github.com/propusk-id/propusk/pkg/boot"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registrationv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/v1"
	verificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/v1"
	"github.com/propusk-id/propusk/services/internal/support"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/static"
	"github.com/propusk-id/propusk/services/web/internal/store"
	"github.com/propusk-id/propusk/services/web/migrations"
)

// Config is read from PROPUSK_WEB_* variables: there are none.
type Config struct{}

// Service is web.
func Service() boot.Service {
	return boot.Service{
		Name: "web", Migrations: migrations.FS, Config: Config{}, Run: run,
		Owns:  "the hosted pages: their texts, cookies, forms and drafts",
		Calls: []string{"account", "confirmation", "notification", "oidc", "profile", "registration", "verification"},
		HTTP: []boot.Route{
			{Pattern: "/", Refusals: boot.AsPages},
			{Pattern: "POST " + paths.Avatar, Refusals: boot.AsPages, Uploads: true},
			{Pattern: static.Prefix, Refusals: boot.AsSent},
		},
	}
}

func run(ctx context.Context, p *boot.Platform) error {
	called, err := dial(p)
	if err != nil {
		return err
	}
	keys, err := p.Keys()
	if err != nil {
		return err
	}
	pool, err := p.Postgres(ctx)
	if err != nil {
		return err
	}
	site := page.New(page.Options{
		Log: p.Log, Now: p.Now, PublicURL: p.Env.PublicURL, Sandbox: p.Env.Environment == boot.Sandbox,
		Support: support.Of(p.Env), Keys: keys, Drafts: store.New(pool, keys),
	})
	mount(site, p.Log, called)
	handler, err := site.Handler()
	if err != nil {
		return err
	}
	p.ServeHTTP(handler)
	return p.Serve(ctx)
}

// clients are the services that pages call.
type clients struct {
	accounts      accountv1.AccountServiceClient
	contacts      accountv1.ContactServiceClient
	claims        accountv1.ContactClaimServiceClient
	signIns       accountv1.SignInServiceClient
	factors       accountv1.SecondFactorServiceClient
	devices       accountv1.DeviceServiceClient
	settings      accountv1.SettingsServiceClient
	avatars       accountv1.AvatarServiceClient
	confirmations confirmationv1.ConfirmationServiceClient
	notifications notificationv1.NotificationServiceClient
	oidc          oidcv1.OIDCServiceClient
	consents      oidcv1.ConsentServiceClient
	profiles      profilev1.ProfileServiceClient
	recoveries    accountv1.RecoveryServiceClient
	questions     accountv1.ControlQuestionServiceClient
	trusts        accountv1.TrustedContactServiceClient
	registrations registrationv1.RegistrationServiceClient
	verifications verificationv1.VerificationServiceClient
}

func dial(p *boot.Platform) (c clients, err error) {
	if err = c.dialAccount(p); err != nil {
		return c, err
	}
	if c.confirmations, err = boot.Client(p, "confirmation", confirmationv1.NewConfirmationServiceClient); err != nil {
		return c, err
	}
	if c.notifications, err = boot.Client(p, "notification", notificationv1.NewNotificationServiceClient); err != nil {
		return c, err
	}
	if err = c.dialOIDC(p); err != nil {
		return c, err
	}
	if c.profiles, err = boot.Client(p, "profile", profilev1.NewProfileServiceClient); err != nil {
		return c, err
	}
	if c.registrations, err = boot.Client(p, "registration", registrationv1.NewRegistrationServiceClient); err != nil {
		return c, err
	}
	c.verifications, err = boot.Client(p, "verification", verificationv1.NewVerificationServiceClient)
	return c, err
}

// dialOIDC connects to the services of oidc.
func (c *clients) dialOIDC(p *boot.Platform) error {
	conn, err := p.Dial("oidc")
	if err != nil {
		return err
	}
	c.oidc = oidcv1.NewOIDCServiceClient(conn)
	c.consents = oidcv1.NewConsentServiceClient(conn)
	return nil
}

// dialAccount connects to the services of account: one connection has them all.
func (c *clients) dialAccount(p *boot.Platform) error {
	conn, err := p.Dial("account")
	if err != nil {
		return err
	}
	c.accounts = accountv1.NewAccountServiceClient(conn)
	c.contacts = accountv1.NewContactServiceClient(conn)
	c.claims = accountv1.NewContactClaimServiceClient(conn)
	c.signIns = accountv1.NewSignInServiceClient(conn)
	c.factors = accountv1.NewSecondFactorServiceClient(conn)
	c.devices = accountv1.NewDeviceServiceClient(conn)
	c.settings = accountv1.NewSettingsServiceClient(conn)
	c.avatars = accountv1.NewAvatarServiceClient(conn)
	c.questions = accountv1.NewControlQuestionServiceClient(conn)
	c.trusts = accountv1.NewTrustedContactServiceClient(conn)
	c.recoveries = accountv1.NewRecoveryServiceClient(conn)
	return nil
}
