package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/propusk-id/propusk/pkg/embedded"
)

// stores are a PostgreSQL that commits to the disk and a Redis, both thrown away at the end.
type stores struct {
	postgres *embedded.PostgresServer
	redis    *embedded.RedisProcess
	admin    *pgxpool.Pool
	// counts says that this PostgreSQL can count statements.
	counts bool
	pids   processes
}

func (s *stores) start(ctx context.Context) error {
	if err := s.startPostgres(ctx); err != nil {
		return err
	}
	return s.startRedis(ctx)
}

// startPostgres starts a durable server and has it count statements, if it can.
func (s *stores) startPostgres(ctx context.Context) (err error) {
	if s.postgres, err = embedded.Postgres(ctx, embedded.PostgresOptions{Purpose: "propusk bench"}); err != nil {
		return err
	}
	if err := s.preload(ctx); err != nil {
		return err
	}
	if s.admin, err = pgxpool.New(ctx, s.postgres.URL()); err != nil {
		return err
	}
	if s.counts {
		if _, err := s.admin.Exec(ctx, `CREATE EXTENSION pg_stat_statements`); err != nil {
			return err
		}
	}
	var backend int
	if err := s.admin.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&backend); err != nil {
		return err
	}
	all, err := readProcesses()
	s.pids.postgres = all[backend].parent
	return err
}

// preload has pg_stat_statements loaded, which takes a restart.
func (s *stores) preload(ctx context.Context) error {
	c, err := pgx.Connect(ctx, s.postgres.URL())
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if s.counts, err = countable(ctx, c); err != nil || !s.counts {
		return err
	}
	for _, q := range []string{`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`, `CHECKPOINT`} {
		if _, err := c.Exec(ctx, q); err != nil {
			return err
		}
	}
	s.postgres.Kill()
	return s.postgres.Start(ctx)
}

func (s *stores) startRedis(ctx context.Context) (err error) {
	if s.redis, err = embedded.RealRedis(ctx, ""); err != nil {
		return err
	}
	o, err := redis.ParseURL(s.redis.URL())
	if err != nil {
		return err
	}
	c := redis.NewClient(o)
	defer func() { _ = c.Close() }()
	info, err := c.InfoMap(ctx, "server").Result()
	if err != nil {
		return err
	}
	_, err = fmt.Sscan(info["Server"]["process_id"], &s.pids.redis)
	return err
}

func (s *stores) stop() (failed error) {
	if s.admin != nil {
		s.admin.Close()
	}
	if s.redis != nil {
		failed = s.redis.Stop()
	}
	if s.postgres != nil {
		failed = errors.Join(failed, s.postgres.Stop())
	}
	return failed
}
