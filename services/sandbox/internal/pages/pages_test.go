package pages

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestBothLanguagesHaveTheSameWords(t *testing.T) {
	p, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	ru, en := slices.Sorted(maps.Keys(p.words["ru"])), slices.Sorted(maps.Keys(p.words["en"]))
	if !slices.Equal(ru, en) {
		t.Errorf("ru has %v\nen has %v", ru, en)
	}
}

// A word is used when the code names it, whole or by a prefix such as "fate_".
func TestEveryWordIsUsed(t *testing.T) {
	p, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, pattern := range []string{"*.templ", "*.go", "../web/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range regexp.MustCompile(`"(\w+)"`).FindAllStringSubmatch(string(text), -1) {
				named[found[1]] = true
			}
		}
	}
	for word := range p.words["ru"] {
		if !named[word] && !slices.ContainsFunc(slices.Collect(maps.Keys(named)), func(name string) bool {
			return strings.HasSuffix(name, "_") && strings.HasPrefix(word, name)
		}) {
			t.Errorf("%s is unused", word)
		}
	}
}

func TestEveryWordUsedIsThere(t *testing.T) {
	p, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	used := regexp.MustCompile(`\.t\("(\w+)"\)`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range used.FindAllStringSubmatch(string(text), -1) {
			if p.words["ru"][found[1]] == "" {
				t.Errorf("%s uses %q, which is no word", file, found[1])
			}
		}
	}
}
