package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// owned is the markup of parts that package components has: the element or the class that tells each, and its component.
func owned() map[string]*regexp.Regexp {
	class := func(names string) *regexp.Regexp {
		return regexp.MustCompile(`class=(?:"|\{[^}]*")(?:[\w-]+ )*(?:` + names + `)[" ]`)
	}
	return map[string]*regexp.Regexp{
		"Form, FormOf":          regexp.MustCompile(`<form\b`),
		"Input, Choice, Radios": regexp.MustCompile(`<(label|select|textarea|fieldset|legend)\b|<input\b[^>]*type="(text|tel|email|password|radio|checkbox)"`),
		"Notes":                 class("field|field-error"),
		"Checkbox":              class("checkbox|radio|radios"),
		"Button, ActionButton":  regexp.MustCompile(`<button\b`),
		"Actions":               class("actions"),
		"Tag, Badge":            class(`tag|tag-\w+|badge|badge-\w+|count`),
		"TaskList":              class("tasks|task-name|checks"),
		"Answers, Facts":        class("facts|answers|answers-head|answers-change|doubt|is-wrong"),
		"Details":               regexp.MustCompile(`<(details|summary)\b`),
		"Pagination":            regexp.MustCompile(`rel="(next|prev)"|class="paging`),
		"Notice, Banner":        class(`notice|notice-\w+|banner|banner-\w+`),
		"Warning":               class("warning|warning-sign"),
		"Panel":                 class("panel|celebrate"),
		"Steps":                 class("steps|step-count"),
		"Copyable":              regexp.MustCompile(`<propusk-(copy|password)\b`),
		"summary of errors":     class("summary"),
		"Card":                  regexp.MustCompile(`<section class="card"`),
		"a table of answers":    regexp.MustCompile(`<table\b`),
	}
}

// A part of pages is made in one place: features use the component, and change it where it does not fit.
func TestFeaturesUseComponents(t *testing.T) {
	files, err := filepath.Glob("internal/*/*.templ")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d templates: %v", len(files), err)
	}
	made := map[string]bool{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for part, markup := range owned() {
			found := markup.FindString(string(content))
			if strings.HasPrefix(file, "internal/components/") {
				made[part] = made[part] || found != ""
			} else if found != "" {
				t.Errorf("%s has %s of its own: %s", file, part, found)
			}
		}
	}
	for part := range owned() {
		if !made[part] && part != "a table of answers" {
			t.Errorf("no component has %s: the test looks for what there is not", part)
		}
	}
}

// Texts come from the page, which keeps together what a line must not end within; only it and its parts ask for them as they are.
func TestFeaturesTakeTypesetTexts(t *testing.T) {
	asIs := regexp.MustCompile(`\.Words\.(T|Reason|FieldReason|Date|Day|Moment|Wait)\(`)
	files, err := filepath.Glob("internal/*/*")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		if generated := strings.HasSuffix(file, "_templ.go") || strings.HasSuffix(file, "_test.go"); generated || filepath.Base(filepath.Dir(file)) == "components" {
			continue
		}
		if ext := filepath.Ext(file); ext != ".templ" && ext != ".go" {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := asIs.Find(content); found != nil {
			t.Errorf("%s uses %s: the page has it typeset", file, found)
		}
	}
}
