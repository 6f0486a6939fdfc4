// Package appeal takes what people have to say.
package appeal

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/boot"
	appealeventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/appeal/events/v1"
	appealv1 "github.com/propusk-id/propusk/proto/gen/propusk/appeal/v1"
	"github.com/propusk-id/propusk/services/appeal/internal/api"
	"github.com/propusk-id/propusk/services/appeal/internal/app"
	"github.com/propusk-id/propusk/services/appeal/internal/consume"
	"github.com/propusk-id/propusk/services/appeal/internal/store"
	"github.com/propusk-id/propusk/services/appeal/migrations"
)

// Config is read from PROPUSK_APPEAL_* variables.
type Config struct {
	// LongestText is how many characters of an appeal are kept.
	LongestText int `env:"LONGEST_TEXT" envDefault:"1000" range:"1..1000"`
}

// Service is appeal.
func Service() boot.Service {
	return boot.Service{
		Name: "appeal", Migrations: migrations.FS, Config: Config{}, Run: run,
		Owns:     "what people have to say",
		Emits:    appealeventsv1.File_propusk_appeal_events_v1_events_proto,
		Consumes: []proto.Message{&appealeventsv1.AppealMade{}},
		REST:     boot.Contracts(appealv1.File_propusk_appeal_v1_appeal_proto),
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
	consumer, err := p.Consumer(a.Store.Pool())
	if err != nil {
		return err
	}
	consume.Register(consumer, a)
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	appealv1.RegisterAppealServiceServer(server, api.New(a))
	return p.Serve(ctx)
}

func newApp(ctx context.Context, p *boot.Platform, cfg Config) (*app.App, error) {
	pool, err := p.Postgres(ctx)
	if err != nil {
		return nil, err
	}
	outbox, err := p.Outbox(pool)
	if err != nil {
		return nil, err
	}
	return &app.App{Store: store.New(pool, outbox), LongestText: cfg.LongestText}, nil
}
