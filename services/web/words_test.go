package web_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/propusk-id/propusk/services/internal/i18n/i18ntest"
)

// words are all texts that people read, on pages, in messages and on paper, by where they are. Features' catalogues are found
// by themselves.
func words(t *testing.T, lang string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for path, text := range messageFiles(t, lang) {
		out[path] = regexp.MustCompile(`\{\{(define|if|else|end|with|range|template)\b[^{}]*\}\}`).ReplaceAllString(text, "")
	}
	for key, forms := range i18ntest.CatalogueOf(t, lang, "internal", "../internal/i18n") {
		for form, text := range forms {
			out[key+" "+form] = text
		}
	}
	sandbox := map[string]string{}
	if err := json.Unmarshal(file(t, "../sandbox/internal/pages/words_"+lang+".json"), &sandbox); err != nil {
		t.Fatal(err)
	}
	for key, text := range sandbox {
		out["sandbox "+key] = text
	}
	for _, path := range []string{"internal/home/services.yaml", "../registry/internal/personas/personas.yaml"} {
		listed(t, path, lang, out)
	}
	written(t, lang, out)
	return out
}

func file(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// listed are the texts of a list in YAML: what has both languages.
func listed(t *testing.T, path, lang string, out map[string]string) {
	t.Helper()
	var entries []map[string]any
	if err := yaml.Unmarshal(file(t, path), &entries); err != nil {
		t.Fatal(err)
	}
	for i, entry := range entries {
		for name, value := range entry {
			if both, ok := value.(map[string]any); ok {
				if text, ok := both[lang].(string); ok {
					out[path+" "+strconv.Itoa(i)+" "+name] = text
				}
			}
		}
	}
}

// written are the texts in Go: the paper letter, and what the sandbox's sites say they ask for data for.
func written(t *testing.T, lang string, out map[string]string) {
	t.Helper()
	paths, err := filepath.Glob("../confirmation/internal/letter/*.go")
	if err != nil || len(paths) < 3 {
		t.Fatalf("files of the letter: %v %v", paths, err)
	}
	for _, path := range append(paths, "../sandbox/internal/app/demo.go", "../oidc/internal/app/clients.go") {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				text, err := strconv.Unquote(l.Value)
				if err == nil && strings.Contains(text, " ") && strings.ContainsFunc(text, isCyrillic) == (lang == "ru") {
					out[path+" "+text] = text
				}
			}
			return true
		})
	}
}
