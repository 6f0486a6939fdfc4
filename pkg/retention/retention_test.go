package retention_test

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/retention"
	"github.com/propusk-id/propusk/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const tables = `-- +goose Up
CREATE TABLE letters (name text PRIMARY KEY, sent_at timestamptz);
COMMENT ON TABLE letters IS 'Kept: 7 days after sent_at';
CREATE TABLE people (name text PRIMARY KEY, born_at timestamptz NOT NULL);
COMMENT ON TABLE people IS 'Kept: with the account';
`

func TestWhatTheCommentSaysIsDone(t *testing.T) {
	pools := make(chan *pgxpool.Pool, 1)
	e := testkit.Start(t, testkit.Options{Services: []boot.Service{{
		Name: "archive", Migrations: fstest.MapFS{"00001_x.sql": {Data: []byte(tables)}},
		Run: func(ctx context.Context, p *boot.Platform) error {
			pool, err := p.Postgres(ctx)
			if err != nil {
				return err
			}
			pools <- pool
			return p.Serve(ctx)
		},
	}}})
	pool := <-pools
	now := e.Clock.Now()
	_, err := pool.Exec(t.Context(), `INSERT INTO letters VALUES ('old', $1), ('new', $2), ('unsent', NULL)`,
		now.Add(-6*24*time.Hour), now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = pool.Exec(t.Context(), `INSERT INTO people VALUES ('a', 'epoch')`); err != nil {
		t.Fatal(err)
	}
	left := func(table string) (n int) {
		if err := pool.QueryRow(t.Context(), `SELECT count(*)::int FROM `+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if left("letters") != 3 {
		t.Error("a letter is gone before its time")
	}
	e.Clock.Advance(2 * 24 * time.Hour)
	testkit.Eventually(t, "the old letter is gone", func() bool { return left("letters") == 2 })
	e.Clock.Advance(30 * 24 * time.Hour)
	testkit.Eventually(t, "the new one too", func() bool { return left("letters") == 1 })
	if left("people") != 1 {
		t.Error("somebody is gone who is kept with the account")
	}
}

func TestComments(t *testing.T) {
	for text, want := range map[string]retention.Rule{
		"Kept: 1 day after sent_at":    {Table: "t", Column: "sent_at", Keep: 24 * time.Hour},
		"Kept: 90 days after sent_at":  {Table: "t", Column: "sent_at", Keep: 90 * 24 * time.Hour},
		"Kept: 0 days after sent_at":   {Table: "t", Column: "sent_at"},
		"Kept: 7 days after it is old": {},
		"Kept: with the account":       {},
		"":                             {},
	} {
		if got, ok := retention.Parse("t", text); ok != (want.Table != "") || ok && got != want {
			t.Errorf("%q: %v, %t", text, got, ok)
		}
	}
}
