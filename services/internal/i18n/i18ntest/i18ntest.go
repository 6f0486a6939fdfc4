// Package i18ntest holds catalogues of texts against what they must be.
package i18ntest

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// Texts are a language's catalogue, flat: key → plural form ("other" where there is one) → text.
type Texts map[string]map[string]string

func forms() []string { return []string{"one", "few", "many", "other"} }

// CatalogueOf reads the files of a language in folders named locales below the roots.
func CatalogueOf(t *testing.T, lang string, roots ...string) Texts {
	t.Helper()
	all, files := Texts{}, 0
	for _, root := range roots {
		for path := range filesBelow(t, root, func(path string) bool {
			name := filepath.Base(path)
			return filepath.Base(filepath.Dir(path)) == "locales" && (name == lang+".toml" || strings.HasSuffix(name, "."+lang+".toml"))
		}) {
			var tree map[string]any
			if _, err := toml.DecodeFile(path, &tree); err != nil {
				t.Fatal(err)
			}
			all.add("", tree)
			files++
		}
	}
	if files == 0 {
		t.Fatalf("no catalogues of %s", lang)
	}
	return all
}

func (x Texts) add(prefix string, tree map[string]any) {
	for name, value := range tree {
		switch value := value.(type) {
		case map[string]any:
			x.add(prefix+name+".", value)
		case string:
			key, form := prefix+name, "other"
			if prefix != "" && slices.Contains(forms(), name) {
				key, form = strings.TrimSuffix(prefix, "."), name
			}
			if x[key] == nil {
				x[key] = map[string]string{}
			}
			x[key][form] = value
		}
	}
}

// LanguagesAgree says where the languages differ: both have the same keys, the plural forms each needs, and the same
// parameters.
func LanguagesAgree(t *testing.T, roots ...string) {
	t.Helper()
	ru, en := CatalogueOf(t, "ru", roots...), CatalogueOf(t, "en", roots...)
	for key := range ru {
		if en[key] == nil {
			t.Errorf("%s has no English", key)
		}
	}
	for key, english := range en {
		russian := ru[key]
		if russian == nil {
			t.Errorf("%s has no Russian", key)
			continue
		}
		wantForms(t, key, russian, []string{"few", "many", "one", "other"})
		wantForms(t, key, english, []string{"one", "other"})
		if len(russian) > 1 != (len(english) > 1) {
			t.Errorf("%s is counted in one language only", key)
		}
		for form, text := range russian {
			if got, want := parameters(text), parameters(english["other"]); !slices.Equal(got, want) {
				t.Errorf("%s (%s) has parameters %v, English %v", key, form, got, want)
			}
		}
	}
}

func wantForms(t *testing.T, key string, text map[string]string, want []string) {
	t.Helper()
	got := slices.Sorted(maps.Keys(text))
	if len(got) > 1 && !slices.Equal(got, want) {
		t.Errorf("%s has the forms %v, needs %v", key, got, want)
	}
}

func parameters(text string) []string {
	return slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`\{\{\.\w+\}\}`).FindAllString(text, -1))))
}

// KeysAreUsed says which keys are asked for in the sources below the roots and missing, and which are there and unused: a
// key is used when the sources name it, whole or by a literal prefix such as "level.".
func KeysAreUsed(t *testing.T, roots ...string) {
	t.Helper()
	all := CatalogueOf(t, "ru", roots...)
	named := map[string]bool{"reason.": true}
	asked := regexp.MustCompile(`\b[tT]\("([\w.]+)"[,)]`)
	literal := regexp.MustCompile(`"([a-z][\w]*\.[\w.]*|[a-z]\w*\.\w*_)"`)
	for _, text := range sources(t, roots) {
		for _, m := range asked.FindAllStringSubmatch(text, -1) {
			if all[m[1]] == nil {
				t.Errorf("%s is asked for and missing", m[1])
			}
		}
		for _, m := range literal.FindAllStringSubmatch(text, -1) {
			named[m[1]] = true
		}
	}
	for key := range all {
		if !isNamed(key, named) {
			t.Errorf("%s is unused", key)
		}
	}
}

func isNamed(key string, named map[string]bool) bool {
	if named[key] {
		return true
	}
	for i := range key {
		if (key[i] == '.' || key[i] == '_') && named[key[:i+1]] {
			return true
		}
	}
	return false
}

// sources are the services' own files, without tests and generated ones.
func sources(t *testing.T, roots []string) []string {
	t.Helper()
	var out []string
	for _, root := range roots {
		for path := range filesBelow(t, root, func(path string) bool {
			own := strings.HasSuffix(path, ".templ") || strings.HasSuffix(path, ".go")
			return own && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_templ.go")
		}) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(text))
		}
	}
	if len(out) < 10 {
		t.Fatalf("%d source files", len(out))
	}
	return out
}

// filesBelow are the files that are wanted.
func filesBelow(t *testing.T, root string, wanted func(path string) bool) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && wanted(path) {
			out[path] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
