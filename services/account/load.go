package account

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/hashing"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/store"
)

// Load copies accounts into the schema that conn sees, to measure what an installation's size costs. Each is found by its
// phone, in E.164, has the password, and was signed in until now. One hash serves all.
func Load(ctx context.Context, conn *pgx.Conn, keys *secret.Keys, ids []uuid.UUID, phones []string, plain string, now time.Time) error {
	hasher, err := hashing.New(hashing.Options{
		Workers: 1, Waiting: 1, Patience: time.Minute, Now: func() time.Time { return now },
	}, prometheus.NewRegistry())
	if err != nil {
		return err
	}
	phc, err := hasher.Hash(ctx, password.Normal(plain))
	if err != nil {
		return err
	}
	lives := Config{RESTSessionLife: 24 * time.Hour, RESTSessionIdle: time.Hour}.lifetimes()
	return store.Load(ctx, conn, keys, len(ids), func(i int) store.LoadedHolder {
		session := lives.Begin(secret.NewID(), ids[i], accountv1.Surface_REST, domain.ByPassword(now), now)
		session.ProofTime = now
		return store.LoadedHolder{
			Account:    domain.Account{ID: ids[i], Level: accountv1.Level_SIMPLIFIED, Language: "ru", CreateTime: now},
			Identifier: domain.Identifier{Kind: domain.Phone, Key: phones[i], Value: phones[i]},
			PHC:        phc,
			Session:    session,
		}
	})
}
