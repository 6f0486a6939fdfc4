package allinone

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/boot/keyring"
	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/pkg/testkit"
)

// TestEveryServiceIsListed finds the folders that services.go was not told of: everything else is generated from it.
func TestEveryServiceIsListed(t *testing.T) {
	roots, err := filepath.Glob("../*/service.go")
	if err != nil || len(roots) == 0 {
		t.Fatalf("no services: %v", err)
	}
	var folders []string
	for _, root := range roots {
		folders = append(folders, filepath.Base(filepath.Dir(root)))
	}
	if got := names(Services()); !slices.Equal(got, folders) {
		t.Errorf("services.go has %v, the folders are %v", got, folders)
	}
}

// TestEveryServiceWithADatabaseHasItsQueries compares sqlc.yaml, which is made from directories, with the declarations.
func TestEveryServiceWithADatabaseHasItsQueries(t *testing.T) {
	config := read(t, testkit.Workspace(t), "sqlc.yaml")
	for _, s := range Services() {
		has := strings.Contains(config, "\n  - name: "+s.Name+"\n")
		if has != (s.Migrations != nil) {
			t.Errorf("%s: has a database: %t, is in sqlc.yaml: %t", s.Name, s.Migrations != nil, has)
		}
	}
}

// TestEverySettingHasARange reads the configuration of everything: a number without a range is refused.
func TestEverySettingHasARange(t *testing.T) {
	sections := []env.Section{{Config: boot.Config{}}, {Config: Config{}}}
	settings := 0
	for _, s := range Services() {
		sections = append(sections, s.Section())
		settings += len(s.Section().Tagged("range"))
	}
	if err := (env.Vars{}).Check(sections...); err != nil {
		t.Error(err)
	}
	if settings < 50 {
		t.Errorf("only %d settings have a range", settings)
	}
}

// What Redis holds is under way: it refuses what is new rather than throw that away.
func TestRedisIsBoundedAndEvictsNothing(t *testing.T) {
	compose := read(t, testkit.Workspace(t), "docker-compose.yml")
	if !strings.Contains(compose, `--redis-maxmemory, "${REDIS_MAXMEMORY:-256mb}"]`) {
		t.Error("compose's Redis has no maxmemory")
	}
	root := t.TempDir()
	if err := keyring.Prepare(root, []string{"gateway"}, true, secret.String{}); err != nil {
		t.Fatal(err)
	}
	if err := keyring.BoundRedis(root, "64mb"); err != nil {
		t.Fatal(err)
	}
	if config := read(t, root, "redis/redis.conf"); !strings.Contains(config, "\nmaxmemory 64mb\nmaxmemory-policy noeviction\n") {
		t.Error("Redis evicts, or takes all memory")
	}
	if err := keyring.BoundRedis(root, "64mb\nrequirepass x"); err == nil {
		t.Error("a size that is none was taken")
	}
}

// TestContainersGetEverySharedSetting looks for each in what all containers have; those left out are a container's own.
func TestContainersGetEverySharedSetting(t *testing.T) {
	compose := read(t, testkit.Workspace(t), "docker-compose.yml")
	_, shared, _ := strings.Cut(compose, "x-environment: &environment\n")
	shared, _, _ = strings.Cut(shared, "\n\n")
	own := []string{
		"DATABASE_ADMIN_URL", "DATABASE_PASSWORD", "PROPUSK_LISTEN", "PROPUSK_MANAGEMENT_LISTEN", "PROPUSK_PEERS",
		"PROPUSK_SECRETS_DIR", "PROPUSK_SHUTDOWN_DELAY",
	}
	for name := range (env.Section{Config: boot.Config{}}).Tagged("env") {
		if strings.Contains("\n"+shared, "\n  "+name+":") == slices.Contains(own, name) {
			t.Errorf("%s: among what all containers have, or a container's own, but one of them", name)
		}
	}
	_, migrate, _ := strings.Cut(compose, "\n  migrate:\n")
	migrate, _, _ = strings.Cut(migrate, "\n\n")
	if !strings.Contains(migrate, "DATABASE_ADMIN_URL: ${DATABASE_ADMIN_URL:-") {
		t.Error("the job that migrates cannot go past a pooler")
	}
}

// TestDeclarationsNameServices checks what a declaration says of others: whom it calls, whose events it consumes.
func TestDeclarationsNameServices(t *testing.T) {
	all := names(Services())
	for _, s := range Services() {
		for _, called := range s.Calls {
			if !slices.Contains(all, called) || called == s.Name {
				t.Errorf("%s calls %s", s.Name, called)
			}
		}
		if s.Owns == "" {
			t.Errorf("%s does not say what it owns", s.Name)
		}
	}
	for _, p := range Producers() {
		if !slices.Contains(all, p) {
			t.Errorf("events of %s are consumed, which is no service", p)
		}
	}
}
