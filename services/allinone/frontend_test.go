package allinone_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/testkit"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// What developers of front ends are given, from the repository's root.
const (
	clientDir  = "clients/typescript"
	exampleDir = "examples/spa"
	guide      = "docs/frontends.md"
)

// TestFrontEnd builds the TypeScript client and the example that uses it, and has a browser walk the example, whose page is
// on another origin than the installation; and send calls from /docs.
func TestFrontEnd(t *testing.T) {
	t.Parallel()
	chromium := strings.TrimSpace(output(t, exec.Command("../../deploy/dev/chromium")))
	installScripts(t)
	i := start(t)
	out := buildExample(t, i.url)
	page := httptest.NewServer(http.FileServer(http.Dir(out)))
	t.Cleanup(page.Close)
	for name, script := range map[string]string{"example": "frontend.mjs", "docs": "docs.mjs"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			node := exec.Command("node", script)
			node.Dir = browserDir
			node.Env = append(os.Environ(), "ORIGIN="+i.url, "PAGE="+page.URL, "CHROMIUM="+chromium)
			output(t, node)
		})
	}
}

// buildExample tests the client, compiles the example with it, and gives the directory of its page.
func buildExample(t *testing.T, api string) string {
	t.Helper()
	root, out := testkit.Workspace(t), t.TempDir()
	for _, dir := range []string{clientDir, exampleDir} {
		install(t, filepath.Join(root, dir))
	}
	npm(t, filepath.Join(root, clientDir), "test")
	npm(t, filepath.Join(root, exampleDir), "build", "PROPUSK_URL="+api, "OUT="+out)
	return out
}

func npm(t *testing.T, dir, script string, vars ...string) {
	t.Helper()
	cmd := exec.Command("npm", "run", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), vars...)
	output(t, cmd)
}

// TestFrontEndsAreTypedByTheDescriptionAlone finds what would overrule the compiler: then the description says too little.
func TestFrontEndsAreTypedByTheDescriptionAlone(t *testing.T) {
	overrules := regexp.MustCompile(`[\w)\]]!([^=]|$)|\bas any\b|\bas unknown as\b|: any\b|<any>|@ts-`)
	checked := 0
	for _, dir := range []string{clientDir, exampleDir} {
		sources := os.DirFS(filepath.Join(testkit.Workspace(t), dir, "src"))
		err := fs.WalkDir(sources, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || path == "schema.ts" {
				return err
			}
			content, err := fs.ReadFile(sources, path)
			for n, line := range strings.Split(string(content), "\n") {
				if overrules.MatchString(line) {
					t.Errorf("%s/src/%s:%d: %s", dir, path, n+1, line)
				}
			}
			checked++
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if checked < 15 {
		t.Errorf("only %d files were found", checked)
	}
}

// TestTheGuideForFrontEndsRuns pastes the guide's commands into a shell, one block after another.
func TestTheGuideForFrontEndsRuns(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl", "jq", "node"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("the guide's commands need %s in PATH: install it (Debian: apt-get install curl jq nodejs)", program)
		}
	}
	i := start(t)
	text := source(t, guide)
	var script bytes.Buffer
	script.WriteString("set -euo pipefail\n")
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(text, -1) {
		script.WriteString(block[1])
	}
	bash := exec.Command("bash")
	bash.Dir, bash.Stdin, bash.Env = t.TempDir(), &script, append(os.Environ(), "PUBLIC_URL="+i.url)
	said := output(t, bash)
	for _, want := range []string{`"level":"CONFIRMED"`, `"method":"LETTER"`, `"code":"VALIDATION_FAILED"`, `"pointer":"/phone"`} {
		if !strings.Contains(strings.ReplaceAll(said, " ", ""), want) {
			t.Errorf("the commands did not answer %s:\n%s", want, said)
		}
	}
}

// The guide names codes and states that there are.
func TestTheGuideForFrontEndsNamesRealCodes(t *testing.T) {
	description := source(t, "services/gateway/internal/rest/openapi/openapi.json")
	named := 0
	for _, m := range regexp.MustCompile("`([A-Z]+_[A-Z0-9_]+)`").FindAllStringSubmatch(source(t, guide), -1) {
		_, isReason := errorsv1.Reason_value[m[1]]
		isSetting := strings.HasPrefix(m[1], "PROPUSK_") || m[1] == "PUBLIC_URL"
		if !isReason && !isSetting && !strings.Contains(description, `"`+m[1]+`"`) {
			t.Errorf("%s is neither a code nor a value of the API", m[1])
		}
		named++
	}
	if named < 10 {
		t.Errorf("only %d names were found", named)
	}
}

// source is a file of the repository.
func source(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(testkit.Workspace(t), path))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
