// Package generate writes what follows from the services' declarations ([boot.Service]): containers, rights at the event
// server, routes of the gateway, rules of the linter, tables of the docs. `make gen` runs it, and what it writes is
// committed. In files that are written by hand it keeps to the sections that are marked as generated.
package generate

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/propusk-id/propusk/pkg/boot"
)

// output is a file, or a section of one.
type output struct {
	file string
	// section is empty when the whole file is generated.
	section  string
	template string
}

// Run writes everything that is generated from the services' declarations, below the repository's root.
func Run(root string, services []boot.Service) error {
	m, err := newModel(root, services)
	if err != nil {
		return err
	}
	for _, o := range outputs() {
		if err := o.write(root, m); err != nil {
			return fmt.Errorf("%s %s: %w", o.file, o.section, err)
		}
	}
	return nil
}

func outputs() []output {
	const compose, docs = "docker-compose.yml", "docs/architecture.md"
	return []output{
		{compose, "secrets", composeSecrets},
		{compose, "job-secrets", composeJobSecrets},
		{compose, "services", composeServices},
		{compose, "volumes", composeVolumes},
		{"deploy/nats.conf", "users", natsUsers},
		{"proto/buf.gen.openapi.yaml", "contracts", restContracts},
		{"services/gateway/internal/rest/services_gen.go", "", restServices},
		{"services/gateway/routes_gen.go", "", httpRoutes},
		{".golangci.yml", "services", lintServices},
		{"README.md", "picture", picture},
		{"README.md", "services", readmeServices},
		{docs, "services", docsServices},
		{docs, "events", docsEvents},
	}
}

func (o output) write(root string, m *model) error {
	t, err := template.New(o.file).Funcs(template.FuncMap{"join": strings.Join}).Parse(strings.TrimPrefix(o.template, "\n"))
	if err != nil {
		return err
	}
	var made bytes.Buffer
	if err := t.Execute(&made, m); err != nil {
		return err
	}
	path := filepath.Join(root, filepath.FromSlash(o.file))
	if o.section == "" {
		source, err := format.Source(made.Bytes())
		if err != nil {
			return err
		}
		return os.WriteFile(path, source, 0o644)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	changed, err := replaceSection(string(content), o.section, made.String())
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(changed), 0o644)
}

// replaceSection puts new content between the lines with the marks "BEGIN GENERATED name" and "END GENERATED name".
func replaceSection(content, name, section string) (string, error) {
	before, rest, found := strings.Cut(content, "BEGIN GENERATED "+name+" ")
	if !found {
		return "", fmt.Errorf("there is no mark BEGIN GENERATED %s", name)
	}
	mark, rest, _ := strings.Cut(rest, "\n")
	i := strings.Index(rest, "END GENERATED "+name)
	if i < 0 {
		return "", fmt.Errorf("there is no mark END GENERATED %s", name)
	}
	end := strings.LastIndex(rest[:i], "\n") + 1
	return before + "BEGIN GENERATED " + name + " " + mark + "\n" + section + rest[end:], nil
}
