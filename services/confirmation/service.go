// Package confirmation proves that an account's holder is the person it names: by a registered letter.
package confirmation

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	confirmationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/events/v1"
	confirmationv1 "github.com/propusk-id/propusk/proto/gen/propusk/confirmation/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	sandboxeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/events/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
	"github.com/propusk-id/propusk/services/confirmation/internal/api"
	"github.com/propusk-id/propusk/services/confirmation/internal/app"
	"github.com/propusk-id/propusk/services/confirmation/internal/consume"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/jobs"
	"github.com/propusk-id/propusk/services/confirmation/internal/post"
	"github.com/propusk-id/propusk/services/confirmation/internal/store"
	"github.com/propusk-id/propusk/services/confirmation/migrations"
	"github.com/propusk-id/propusk/services/internal/support"
)

// Service is confirmation.
func Service() boot.Service {
	return boot.Service{
		Name: "confirmation", Migrations: migrations.FS, Jobs: true, Config: Config{}, Run: run,
		Owns:        "letters, their codes, the evidence that a code gives",
		Emits:       confirmationeventsv1.File_propusk_confirmation_events_v1_events_proto,
		Consumes:    []proto.Message{&sandboxeventsv1.LetterMoved{}},
		Calls:       []string{"account", "profile", "sandbox"},
		REST:        boot.Contracts(confirmationv1.File_propusk_confirmation_v1_confirmation_proto),
		SandboxOnly: "it hands letters only to the simulated post, until a printing house is connected",
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
	if a.Store.Jobs, err = p.Jobs(a.Store.Pool(), jobs.Workers(a), cfg.backoff(), jobs.Periodic(cfg.ExpireEvery)); err != nil {
		return err
	}
	consumer, err := p.Consumer(a.Store.Pool())
	if err != nil {
		return err
	}
	consume.Register(consumer, a)
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	confirmationv1.RegisterConfirmationServiceServer(server, api.New(a))
	return p.Serve(ctx)
}

func newApp(ctx context.Context, p *boot.Platform, cfg Config) (*app.App, error) {
	if cfg.ExpectedFrom > cfg.ExpectedUntil {
		return nil, fmt.Errorf("PROPUSK_CONFIRMATION_EXPECTED_FROM %s is longer than EXPECTED_UNTIL %s", cfg.ExpectedFrom, cfg.ExpectedUntil)
	}
	office, err := identifiers.ParsePostIndex(cfg.PostOffice)
	if err != nil {
		return nil, fmt.Errorf("PROPUSK_CONFIRMATION_POST_OFFICE %q is not a postal index of six digits", cfg.PostOffice)
	}
	sender, err := cfg.sender()
	if err != nil {
		return nil, err
	}
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
	account, err := boot.Client(p, "account", accountv1.NewAccountServiceClient)
	if err != nil {
		return nil, err
	}
	profile, err := boot.Client(p, "profile", profilev1.NewProfileServiceClient)
	if err != nil {
		return nil, err
	}
	sandbox, err := boot.Client(p, "sandbox", sandboxv1.NewSandboxServiceClient)
	if err != nil {
		return nil, err
	}
	return &app.App{
		Store: store.New(pool, outbox, keys), Account: account, Profile: profile,
		Post: post.NewSandbox(sandbox, p.Env.PublicURL), Keys: keys, Answers: idempotency.New(pool, keys, p.Now),
		Limits: cfg.limits(), Office: office, Sender: sender, Support: support.Of(p.Env),
		TrackingAfter: cfg.TrackingVisibleAfter, Expected: domain.Expected{From: cfg.ExpectedFrom, Until: cfg.ExpectedUntil},
		RemindAfter: cfg.RemindAfter, ApplyAfter: cfg.ApplyAfter,
		PublicURL: p.Env.PublicURL, Sandbox: p.Env.Environment == boot.Sandbox, Now: p.Now,
	}, nil
}
