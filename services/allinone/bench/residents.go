package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/account"
	"github.com/propusk-id/propusk/services/notification"
	"github.com/propusk-id/propusk/services/oidc"
	"github.com/propusk-id/propusk/services/otp"
	"github.com/propusk-id/propusk/services/profile"
)

const (
	// chunk is how many residents are loaded at once.
	chunk = 50_000
	// sendsDuring is when the codes were sent that residents once got; they are kept for a few days.
	sendsDuring = 72 * time.Hour
)

// residents are people whose rows were copied into the stores.
type residents struct {
	ids    []uuid.UUID
	phones []string
	now    time.Time
}

func newResidents(first, n int) residents {
	r := residents{ids: make([]uuid.UUID, n), phones: make([]string, n), now: time.Now()}
	for i := range n {
		r.ids[i], r.phones[i] = secret.NewID(), residentPhone(first+i)
	}
	return r
}

func residentPhone(n int) string { return fmt.Sprintf("+7902%07d", n) }

// registerPartner makes the partner whom people go to.
func (w *world) registerPartner(ctx context.Context) error {
	return w.load(ctx, "oidc", func(conn *pgx.Conn, _ *secret.Keys) error {
		return oidc.LoadClient(ctx, conn, clientID, secret.New(w.clientSecret), callback)
	})
}

// settleIn loads people by COPY, by the encoders of the services.
func (w *world) settleIn(ctx context.Context, n int) error {
	for first := 0; first < n; first += chunk {
		if err := w.loadAll(ctx, newResidents(first, min(chunk, n-first))); err != nil {
			return err
		}
	}
	for _, q := range []string{`VACUUM (ANALYZE)`, `CHECKPOINT`} {
		if _, err := w.admin.Exec(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) loadAll(ctx context.Context, r residents) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.NumCPU())
	for service, load := range map[string]func(conn *pgx.Conn, keys *secret.Keys) error{
		"account": func(conn *pgx.Conn, keys *secret.Keys) error {
			return account.Load(ctx, conn, keys, r.ids, r.phones, password, r.now)
		},
		"profile": func(conn *pgx.Conn, keys *secret.Keys) error { return profile.Load(ctx, conn, keys, r.ids, r.now) },
		"oidc": func(conn *pgx.Conn, _ *secret.Keys) error {
			return oidc.Load(ctx, conn, clientID, r.ids, strings.Fields(scopes), r.now)
		},
		"otp": func(conn *pgx.Conn, keys *secret.Keys) error {
			return otp.Load(ctx, conn, keys, r.phones, sendsDuring, r.now)
		},
		"notification": func(conn *pgx.Conn, _ *secret.Keys) error { return notification.Load(ctx, conn, r.ids, r.now) },
	} {
		g.Go(func() error {
			if err := w.load(ctx, service, load); err != nil {
				return fmt.Errorf("loading into %s: %w", service, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// load has a connection see a service's schema, with the service's keys.
func (w *world) load(ctx context.Context, service string, do func(conn *pgx.Conn, keys *secret.Keys) error) error {
	dir := filepath.Join(w.dir, "var", "secrets", service)
	kek, err := secret.LoadKEK(filepath.Join(dir, "kek"))
	if err != nil {
		return err
	}
	keys, err := secret.LoadKeys(filepath.Join(dir, "keys.json"), kek)
	if err != nil {
		return err
	}
	config, err := pgx.ParseConfig(w.postgres.URL())
	if err != nil {
		return err
	}
	config.RuntimeParams["search_path"] = service
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return do(conn, keys)
}
