package allinone

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/env"
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
