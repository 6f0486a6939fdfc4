package i18n_test

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

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// texts are a language's catalogue, flat: key → plural form ("other" where there is one) → text.
type texts map[string]map[string]string

func forms() []string { return []string{"one", "few", "many", "other"} }

func catalogueOf(t *testing.T, lang string) texts {
	t.Helper()
	files, err := filepath.Glob("locales/*." + lang + ".toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogues of %s: %v", lang, err)
	}
	all := texts{}
	for _, file := range files {
		var tree map[string]any
		if _, err := toml.DecodeFile(file, &tree); err != nil {
			t.Fatal(err)
		}
		all.add("", tree)
	}
	return all
}

func (x texts) add(prefix string, tree map[string]any) {
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

func TestEveryReasonHasTexts(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		all := catalogueOf(t, lang)
		for _, name := range errorsv1.Reason_name {
			for _, part := range []string{".title", ".detail"} {
				if all["reason."+name+part]["other"] == "" {
					t.Errorf("%s: reason.%s%s is missing", lang, name, part)
				}
			}
		}
		for key := range all {
			if name, ok := strings.CutPrefix(key, "reason."); ok {
				name, _, _ = strings.Cut(name, ".")
				if _, ok := errorsv1.Reason_value[name]; !ok {
					t.Errorf("%s: %s is of no Reason", lang, key)
				}
			}
		}
	}
}

// Both languages have the same keys, the plural forms each needs, and the same parameters.
func TestLanguagesAgree(t *testing.T) {
	ru, en := catalogueOf(t, "ru"), catalogueOf(t, "en")
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

// Every key that the gateway's source names is in the catalogue, and every key of the catalogue is named, whole
// or by a literal prefix such as "level.".
func TestNoKeyIsMissingOrUnused(t *testing.T) {
	all := catalogueOf(t, "ru")
	named := map[string]bool{"reason.": true}
	asked := regexp.MustCompile(`\b[tT]\("([\w.]+)"[,)]`)
	literal := regexp.MustCompile(`"([a-z][\w]*\.[\w.]*|[a-z]\w*\.\w*_)"`)
	for _, text := range sources(t) {
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

// sources are the gateway's own files, without tests and generated ones.
func sources(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		own := strings.HasSuffix(path, ".templ") || strings.HasSuffix(path, ".go")
		if !own || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		out = append(out, string(text))
		return err
	})
	if err != nil || len(out) < 10 {
		t.Fatalf("%d source files: %v", len(out), err)
	}
	return out
}
