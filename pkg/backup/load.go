package backup

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/pg"
)

// load fills the services' schemas, which migrations have just made, all of them or none.
func load(ctx context.Context, conn *pgx.Conn, dir, installation string, m *Manifest) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sameText); err != nil {
			return err
		}
		for service, s := range m.Schemas {
			// As the owner, so that what is made here is the service's.
			role, path := pgx.Identifier{pg.Role(installation, service)}.Sanitize(), pgx.Identifier{service}.Sanitize()
			if _, err := tx.Exec(ctx, "SET LOCAL ROLE "+role+"; SET LOCAL search_path = "+path); err != nil {
				return err
			}
			if err := s.load(ctx, tx, dir, service); err != nil {
				return fmt.Errorf("schema %s: %w", service, err)
			}
			if _, err := tx.Exec(ctx, "RESET ROLE"); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s Schema) load(ctx context.Context, tx pgx.Tx, dir, schema string) error {
	if err := s.createPartitions(ctx, tx, schema); err != nil {
		return err
	}
	tables, err := s.parentsFirst(ctx, tx, schema)
	if err != nil {
		return err
	}
	for _, t := range slices.Backward(tables) {
		if err := t.empty(ctx, tx, schema); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	for _, t := range tables {
		if err := t.load(ctx, tx, dir, schema); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	for _, q := range s.Sequences {
		name := pgx.Identifier{schema, q.Name}.Sanitize()
		if _, err := tx.Exec(ctx, `SELECT setval($1::regclass, $2, $3)`, name, q.Last, q.Called); err != nil {
			return fmt.Errorf("sequence %s: %w", q.Name, err)
		}
	}
	return s.sendAgain(ctx, tx, schema)
}

func (s Schema) createPartitions(ctx context.Context, tx pgx.Tx, schema string) error {
	for _, p := range s.Partitions {
		_, err := tx.Exec(ctx, fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s PARTITION OF %s %s",
			pgx.Identifier{schema, p.Name}.Sanitize(), pgx.Identifier{schema, p.Parent}.Sanitize(), p.Bound))
		if err != nil {
			return fmt.Errorf("partition %s: %w", p.Name, err)
		}
	}
	return nil
}

// parentsFirst are the tables in an order in which no row comes before what it refers to.
func (s Schema) parentsFirst(ctx context.Context, tx pgx.Tx, schema string) ([]Table, error) {
	rows, err := tx.Query(ctx, `
		SELECT child.relname::text, parent.relname::text
		FROM pg_constraint f JOIN pg_class child ON child.oid = f.conrelid JOIN pg_class parent ON parent.oid = f.confrelid
		WHERE f.contype = 'f' AND f.connamespace = to_regnamespace($1) AND f.conrelid <> f.confrelid`, schema)
	if err != nil {
		return nil, err
	}
	parents := map[string][]string{}
	var child, parent string
	_, err = pgx.ForEachRow(rows, []any{&child, &parent}, func() error {
		parents[child] = append(parents[child], parent)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sortTables(s.Tables, parents)
}

func sortTables(tables []Table, parents map[string][]string) ([]Table, error) {
	var sorted []Table
	waiting := slices.Clone(tables)
	waits := func(t Table) bool {
		return slices.ContainsFunc(waiting, func(w Table) bool {
			return w.Name != t.Name && slices.Contains(parents[t.Name], w.Name)
		})
	}
	for len(waiting) > 0 {
		i := slices.IndexFunc(waiting, func(t Table) bool { return !waits(t) })
		if i < 0 {
			return nil, fmt.Errorf("tables refer to each other in a circle: %s", waiting[0].Name)
		}
		sorted = append(sorted, waiting[i])
		waiting = slices.Delete(waiting, i, i+1)
	}
	return sorted, nil
}

// empty removes what migrations wrote; its backup has it as it became. Tables that are only ever added to guard
// themselves by triggers and by rights that their owner gave up: there is nothing to guard yet.
func (t Table) empty(ctx context.Context, tx pgx.Tx, schema string) error {
	name := pgx.Identifier{schema, t.Name}.Sanitize()
	var filled, may bool
	err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+name+"), has_table_privilege($1, 'DELETE')", name).Scan(&filled, &may)
	if err != nil || !filled {
		return err
	}
	statements := "ALTER TABLE " + name + " DISABLE TRIGGER USER; DELETE FROM " + name + "; ALTER TABLE " + name +
		" ENABLE TRIGGER USER"
	if !may {
		statements = "GRANT DELETE ON " + name + " TO CURRENT_USER; " + statements + "; REVOKE DELETE ON " + name +
			" FROM CURRENT_USER"
	}
	_, err = tx.Exec(ctx, statements)
	return err
}

func (t Table) load(ctx context.Context, tx pgx.Tx, dir, schema string) error {
	return t.read(dir, func(r io.Reader) error {
		tag, err := tx.Conn().PgConn().CopyFrom(ctx, r, fmt.Sprintf("COPY %s (%s) FROM STDIN",
			pgx.Identifier{schema, t.Name}.Sanitize(), columnList(t.Columns)))
		if err != nil {
			return err
		}
		if tag.RowsAffected() != t.Rows {
			return fmt.Errorf("%d rows were restored and %d are noted", tag.RowsAffected(), t.Rows)
		}
		return nil
	})
}

// sendAgain has every event published anew that the outbox still has, since the streams begin empty. Consumers know
// what they have handled.
func (s Schema) sendAgain(ctx context.Context, tx pgx.Tx, schema string) error {
	if !slices.ContainsFunc(s.Tables, func(t Table) bool { return t.Name == "outbox" }) {
		return nil
	}
	_, err := tx.Exec(ctx, "UPDATE "+pgx.Identifier{schema, "outbox"}.Sanitize()+" SET sent_at = NULL WHERE sent_at IS NOT NULL")
	return err
}
