// Package notification writes to people: SMS, e-mail and the feed.
package notification

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/boot"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	notificationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/events/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	verificationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	"github.com/propusk-id/propusk/services/internal/support"
	"github.com/propusk-id/propusk/services/notification/internal/api"
	"github.com/propusk-id/propusk/services/notification/internal/app"
	"github.com/propusk-id/propusk/services/notification/internal/consume"
	"github.com/propusk-id/propusk/services/notification/internal/jobs"
	"github.com/propusk-id/propusk/services/notification/internal/senders"
	"github.com/propusk-id/propusk/services/notification/internal/store"
	"github.com/propusk-id/propusk/services/notification/internal/templates"
	"github.com/propusk-id/propusk/services/notification/migrations"
)

// Config is read from PROPUSK_NOTIFICATION_* variables.
type Config struct {
	// Life is how long a message is tried that has no expiry of its own.
	Life time.Duration `env:"LIFE" envDefault:"72h" range:"1s..720h"`
	// RetryFirst is the pause after the first failed try; it doubles up to RetryLast.
	RetryFirst time.Duration `env:"RETRY_FIRST" envDefault:"1s" range:"10ms..1h"`
	RetryLast  time.Duration `env:"RETRY_LAST" envDefault:"5m" range:"10ms..24h"`
	// RescueEvery is how often messages are looked for that a process that died has left.
	RescueEvery time.Duration `env:"RESCUE_EVERY" envDefault:"10s" range:"100ms..1m"`
}

// backoff is how long a message waits between attempts.
func (c Config) backoff() backoff.Exponential {
	return backoff.Exponential{First: c.RetryFirst, Max: c.RetryLast}
}

// Service is notification.
func Service() boot.Service {
	return boot.Service{
		Name: "notification", Migrations: migrations.FS, Jobs: true, Config: Config{}, Run: run,
		Owns:  "messages until sent, preferences, the feed, the words of both",
		Emits: notificationeventsv1.File_propusk_notification_events_v1_events_proto,
		Consumes: []proto.Message{
			&accounteventsv1.AccountCreated{}, &accounteventsv1.SignedIn{}, &accounteventsv1.LevelRaised{},
			&accounteventsv1.PasswordChanged{}, &accounteventsv1.ContactAdded{}, &accounteventsv1.ContactChangeRequested{},
			&accounteventsv1.ContactChangeCancelled{}, &accounteventsv1.ContactChanged{}, &accounteventsv1.ContactRemoved{},
			&accounteventsv1.ContactClaimed{}, &accounteventsv1.ContactClaimCancelled{}, &accounteventsv1.ContactDetached{},
			&accounteventsv1.RecoveryStarted{}, &accounteventsv1.RecoveryWaiting{}, &accounteventsv1.RecoveryCancelled{},
			&accounteventsv1.RecoveryLocked{}, &accounteventsv1.AccountRecovered{}, &accounteventsv1.ControlQuestionChanged{},
			&accounteventsv1.TrustedContactChanged{}, &accounteventsv1.PrincipalChanged{}, &accounteventsv1.PrincipalRecovering{},
			&accounteventsv1.SecondFactorAdded{}, &accounteventsv1.SecondFactorRemoved{}, &accounteventsv1.SecondFactorLocked{},
			&accounteventsv1.BackupCodeUsed{}, &accounteventsv1.SignedOut{}, &accounteventsv1.SignInLocked{},
			&accounteventsv1.DeviceForbidden{}, &accounteventsv1.DeviceAllowed{}, &accounteventsv1.NewDevicesChanged{},
			&verificationeventsv1.VerificationNotMatched{}, &verificationeventsv1.VerificationExpired{},
			&confirmationeventsv1.LetterOrdered{}, &confirmationeventsv1.LetterMoved{},
			&confirmationeventsv1.LetterReminderDue{},
		},
		Calls:       []string{"account", "oidc", "sandbox"},
		REST:        boot.Contracts(notificationv1.File_propusk_notification_v1_notification_proto),
		SandboxOnly: "it can only write to the virtual phone",
	}
}

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	a, err := newApp(ctx, p, cfg)
	if err != nil {
		return err
	}
	if a.Store.Jobs, err = p.Jobs(a.Store.Pool(), jobs.Workers(a), cfg.backoff(), jobs.Periodic(cfg.RescueEvery)); err != nil {
		return err
	}
	p.Go(a.RunHand)
	consumer, err := p.Consumer(a.Store.Pool())
	if err != nil {
		return err
	}
	consume.Register(consumer, a)
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	notificationv1.RegisterNotificationServiceServer(server, api.New(a))
	return p.Serve(ctx)
}

func newApp(ctx context.Context, p *boot.Platform, cfg Config) (*app.App, error) {
	keys, err := p.Keys()
	if err != nil {
		return nil, err
	}
	pool, err := p.Postgres(ctx)
	if err != nil {
		return nil, err
	}
	outbox, err := p.Outbox(pool)
	if err != nil {
		return nil, err
	}
	catalogue, err := templates.Load(p.Env.PublicURL, support.Of(p.Env))
	if err != nil {
		return nil, err
	}
	account, err := boot.Client(p, "account", accountv1.NewAccountServiceClient)
	if err != nil {
		return nil, err
	}
	sandbox, err := boot.Client(p, "sandbox", sandboxv1.NewSandboxServiceClient)
	if err != nil {
		return nil, err
	}
	oidc, err := boot.Client(p, "oidc", oidcv1.NewOIDCServiceClient)
	if err != nil {
		return nil, err
	}
	provider := senders.Sandbox{Client: sandbox}
	return &app.App{
		Store: store.New(pool, outbox, keys), Account: account, OIDC: oidc, Templates: catalogue,
		SMS: provider, Email: provider, Keys: keys, Log: p.Log,
		Hand: app.NewHand(), Life: cfg.Life, RetryFirst: cfg.RetryFirst, Now: p.Now,
	}, nil
}
