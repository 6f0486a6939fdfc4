package view

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// input says how a field is rendered.
type input struct {
	name, value string
	// kind is the type attribute; empty: text.
	kind         string
	autocomplete string
	// mode is the inputmode attribute: which keyboard a phone shows.
	mode string
	// hint is a sentence under the label.
	hint     string
	optional bool
	// size is a class: "size-s", "size-m"; empty: the full width.
	size string
	// plain switches off what keyboards do to words: capitals, corrections, underlining.
	plain bool
}

// option is one answer of radios or of a select.
type option struct{ value, text string }

func (p Page) isWrong(name string) bool { return len(p.wrong(name)) > 0 }

// attributes are those of the control itself.
func (p Page) attributes(f input) templ.Attributes {
	a := p.described(f.name, f.hint)
	a["id"], a["name"] = f.name, f.name
	if p.isWrong(f.name) {
		a["aria-invalid"] = "true"
	}
	set(a, "class", f.size)
	set(a, "autocomplete", f.autocomplete)
	if f.kind == "select" {
		return a
	}
	a["type"] = or(f.kind, "text")
	if f.value != "" && f.kind != "password" {
		a["value"] = f.value
	}
	set(a, "inputmode", f.mode)
	if f.plain {
		a["autocapitalize"], a["autocorrect"], a["spellcheck"] = "none", "off", "false"
	}
	return a
}

// described links a control to its hint and its errors.
func (p Page) described(name, hint string) templ.Attributes {
	var ids []string
	if hint != "" {
		ids = append(ids, name+"-hint")
	}
	if p.isWrong(name) {
		ids = append(ids, name+"-error")
	}
	a := templ.Attributes{}
	set(a, "aria-describedby", strings.Join(ids, " "))
	return a
}

func set(a templ.Attributes, name, value string) {
	if value != "" {
		a[name] = value
	}
}

func optionID(name string, i int) string {
	if i == 0 {
		return name
	}
	return name + "-" + strconv.Itoa(i+1)
}
