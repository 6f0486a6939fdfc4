package testkit

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/pg"
)

// database makes a private database with the services' schemas, copied from a template that is migrated once
// per test binary, and drops it when the test ends. Copies of a template are one installation: they share its roles.
func database(t testing.TB, services []boot.Service) (address, installation string) {
	t.Helper()
	if server.postgres == nil {
		t.Fatal("no Postgres: the package needs func TestMain(m *testing.M) { testkit.Main(m) }")
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	template := templateOf(t, services)
	server.databases++
	name := fmt.Sprintf("test_%d", server.databases)
	admin(t, "CREATE DATABASE "+name+" TEMPLATE "+template)
	t.Cleanup(func() { admin(t, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return server.postgres.DatabaseURL(name), template
}

// EmptyDatabase is the address, as administrator, of an empty database that is the test's own, and a name that no
// other installation on the server has.
func EmptyDatabase(t testing.TB) (address, installation string) {
	t.Helper()
	if server.postgres == nil {
		t.Fatal("no Postgres: the package needs func TestMain(m *testing.M) { testkit.Main(m) }")
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	server.databases++
	name := fmt.Sprintf("empty_%d", server.databases)
	admin(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { admin(t, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return server.postgres.DatabaseURL(name), name
}

func templateOf(t testing.TB, services []boot.Service) string {
	t.Helper()
	var key []string
	var schemas []pg.Schema
	for _, s := range services {
		if s.Migrations != nil {
			key = append(key, s.Name)
			schemas = append(schemas, pg.Schema{Service: s.Name, Migrations: s.Migrations, Jobs: s.Jobs})
		}
	}
	id := strings.Join(key, ",")
	if name, ok := server.templates[id]; ok {
		return name
	}
	name := fmt.Sprintf("template_%d", len(server.templates))
	admin(t, "CREATE DATABASE "+name)
	db := pg.Database{AdminURL: server.postgres.DatabaseURL(name), Installation: name}
	if err := db.Migrate(context.Background(), schemas); err != nil {
		t.Fatalf("migrate the template: %v", err)
	}
	server.templates[id] = name
	return name
}

func admin(t testing.TB, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server.postgres.URL())
	if err != nil {
		t.Errorf("connect to Postgres: %v", err)
		return
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Errorf("%s: %v", sql, err)
	}
}
