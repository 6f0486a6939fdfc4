package backup

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/pg"
)

// sameText makes values read as they were written, whatever the server's settings are.
const sameText = `SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL timezone = 'UTC';
	SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL search_path = pg_catalog`

// dump copies the schemas that exist, all as they are at one moment.
func dump(ctx context.Context, conn *pgx.Conn, dir string, services []string, m *Manifest) error {
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, conn, snapshot, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sameText); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT id::text, name FROM installation.identity`).Scan(&m.InstallationID, &m.Installation)
		if err != nil {
			return fmt.Errorf("the database has no installation, or one that this program has not migrated yet: %w", err)
		}
		m.Schemas = map[string]Schema{}
		for _, service := range services {
			var there bool
			if err := tx.QueryRow(ctx, `SELECT to_regnamespace($1) IS NOT NULL`, service).Scan(&there); err != nil {
				return err
			}
			if !there {
				continue
			}
			s, err := dumpSchema(ctx, tx, dir, service)
			if err != nil {
				return fmt.Errorf("schema %s: %w", service, err)
			}
			m.Schemas[service] = s
		}
		return nil
	})
}

func dumpSchema(ctx context.Context, tx pgx.Tx, dir, schema string) (s Schema, err error) {
	if s.Versions, err = pg.ReadVersions(ctx, tx, schema); err != nil {
		return s, err
	}
	if s.Tables, err = tablesOf(ctx, tx, schema); err != nil {
		return s, err
	}
	for i, t := range s.Tables {
		if s.Tables[i], err = t.dump(ctx, tx, dir, schema); err != nil {
			return s, fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	if s.Partitions, err = partitionsOf(ctx, tx, schema); err != nil {
		return s, err
	}
	s.Sequences, err = sequencesOf(ctx, tx, schema)
	return s, err
}

// tablesOf are the tables with data of their own: not those that migrations fill, nor partitions (their table has all
// their rows), nor unlogged ones, which Postgres itself empties after a crash.
func tablesOf(ctx context.Context, tx pgx.Tx, schema string) ([]Table, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
			AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		GROUP BY c.relname ORDER BY c.relname`, schema)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Table, err error) {
		return t, row.Scan(&t.Name, &t.Columns)
	})
	return slices.DeleteFunc(all, func(t Table) bool { return slices.Contains(pg.VersionTables(), t.Name) }), err
}

// dump writes the table's file and returns the table with what the manifest says of it.
func (t Table) dump(ctx context.Context, tx pgx.Tx, dir, schema string) (Table, error) {
	name := schema + "." + t.Name + ".copy.gz"
	file, err := writeCompressed(dir, name, func(w io.Writer) error {
		// A query, as COPY of a partitioned table itself copies nothing.
		tag, err := tx.Conn().PgConn().CopyTo(ctx, w, fmt.Sprintf("COPY (SELECT %s FROM %s) TO STDOUT",
			columnList(t.Columns), pgx.Identifier{schema, t.Name}.Sanitize()))
		t.Rows = tag.RowsAffected()
		return err
	})
	t.File = file
	return t, err
}

func columnList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = pgx.Identifier{n}.Sanitize()
	}
	return strings.Join(quoted, ", ")
}

func partitionsOf(ctx context.Context, tx pgx.Tx, schema string) ([]Partition, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.relname::text, p.relname::text, pg_get_expr(c.relpartbound, c.oid)
		FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
		WHERE c.relnamespace = to_regnamespace($1) AND c.relispartition AND c.relkind = 'r' ORDER BY c.relname`, schema)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Partition])
}

// sequencesOf reads after the rows, since sequences are in no snapshot: what is a little further costs some numbers,
// what is behind would give one twice.
func sequencesOf(ctx context.Context, tx pgx.Tx, schema string) ([]Sequence, error) {
	rows, err := tx.Query(ctx, `SELECT relname::text FROM pg_class
		WHERE relnamespace = to_regnamespace($1) AND relkind = 'S' ORDER BY 1`, schema)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	var out []Sequence
	for _, name := range names {
		s := Sequence{Name: name}
		err := tx.QueryRow(ctx, "SELECT last_value, is_called FROM "+pgx.Identifier{schema, name}.Sanitize()).
			Scan(&s.Last, &s.Called)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
