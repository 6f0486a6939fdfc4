package audit_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/testkit"
	"github.com/propusk-id/propusk/services/audit"
	"github.com/propusk-id/propusk/services/audit/internal/app"
	"github.com/propusk-id/propusk/services/audit/internal/domain"
	"github.com/propusk-id/propusk/services/audit/internal/store"
)

// TestARecordFromBeforePartitionsStaysWhole brings a record of the first version up to date.
func TestARecordFromBeforePartitionsStaysWhole(t *testing.T) {
	address, installation := testkit.EmptyDatabase(t)
	var old []domain.Record
	head := domain.Genesis()
	for i := range int64(3) {
		r := head.Append(domain.Record{
			EventID: uuid.New(), Type: "propusk.account.v1.signed_in", Producer: "account", Aggregate: "a", Version: i + 1,
			Actor: "account:a", Time: time.Now().AddDate(0, 0, -1), Data: []byte{1, 2, 3},
		})
		old, head = append(old, r), r.Head()
	}
	err := pg.Database{AdminURL: address, Installation: installation}.Restore(t.Context(),
		[]pg.Schema{{Service: "audit", Migrations: audit.Service().Migrations}},
		map[string]pg.Versions{"audit": {Base: 1, Schema: 1}},
		func(ctx context.Context, conn *pgx.Conn) error {
			for _, r := range old {
				_, err := conn.Exec(ctx, `INSERT INTO audit.records
					(position, event_id, type, producer, aggregate, version, actor, time, data, prev_hash, hash)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, r.Position, r.EventID, r.Type, r.Producer, r.Aggregate,
					r.Version, r.Actor, r.Time, r.Data, r.PrevHash, r.Hash)
				if err != nil {
					return err
				}
			}
			_, err := conn.Exec(ctx, `UPDATE audit.head SET position = $1, hash = $2`, head.Position, head.Hash)
			return err
		})
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pg.Open(t.Context(), pg.Options{URL: address, Installation: installation, Service: "audit", SetRole: true, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	a := &app.App{Store: store.New(pool)}
	whole := func(want int64) {
		t.Helper()
		if v, err := a.Verify(t.Context(), 0); err != nil || v.Records != want || v.Broken != 0 {
			t.Errorf("verdict %+v, %v; want %d records that are whole", v, err, want)
		}
	}
	whole(3)
	for _, r := range []domain.Record{old[1], {EventID: uuid.New(), Type: "new", Producer: "account", Time: time.Now()}} {
		if err := a.Add(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	whole(4) // an old event that is delivered again is on record already
	for _, statement := range []string{"DELETE FROM records", "UPDATE records SET actor = ''", "TRUNCATE records"} {
		if _, err := pool.Exec(t.Context(), statement); err == nil {
			t.Errorf("after the upgrade the service can %s", statement)
		}
	}
}
