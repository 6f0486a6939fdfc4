// Package profile owns what is known about a person: the card, documents, addresses.
package profile

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/idempotency"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profileeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/events/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	registrationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/registration/events/v1"
	verificationeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/verification/events/v1"
	"github.com/propusk-id/propusk/services/profile/internal/api"
	"github.com/propusk-id/propusk/services/profile/internal/app"
	"github.com/propusk-id/propusk/services/profile/internal/consume"
	"github.com/propusk-id/propusk/services/profile/internal/store"
	"github.com/propusk-id/propusk/services/profile/migrations"
)

// Service is profile.
func Service() boot.Service {
	return boot.Service{
		Name: "profile", Migrations: migrations.FS, Run: run,
		Owns:  "card, documents, addresses, unproven contacts, snapshots",
		Emits: profileeventsv1.File_propusk_profile_events_v1_events_proto,
		Consumes: []proto.Message{
			&accounteventsv1.ContactAdded{}, &accounteventsv1.ContactChanged{},
			&registrationeventsv1.RegistrationFailed{}, &registrationeventsv1.RegistrationExpired{},
			&verificationeventsv1.VerificationMatched{}, &verificationeventsv1.VerificationNotMatched{},
			&verificationeventsv1.VerificationExpired{},
		},
		Calls: []string{"account"},
		REST:  boot.Contracts(profilev1.File_propusk_profile_v1_profile_proto),
	}
}

func run(ctx context.Context, p *boot.Platform) error {
	a, err := newApp(ctx, p)
	if err != nil {
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
	profilev1.RegisterProfileServiceServer(server, api.New(a))
	return p.Serve(ctx)
}

func newApp(ctx context.Context, p *boot.Platform) (*app.App, error) {
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
	return &app.App{
		Store: store.New(pool, outbox, keys), Account: account, Answers: idempotency.New(pool, keys, p.Now), Keys: keys,
		Sandbox: p.Env.Environment == boot.Sandbox, Now: p.Now,
	}, nil
}
