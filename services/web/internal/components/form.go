package components

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Input says how a field is rendered.
type Input struct {
	Name, Value string
	// Kind is the type attribute; empty: text.
	Kind         string
	Autocomplete string
	// Mode is the inputmode attribute: which keyboard a phone shows.
	Mode string
	// Hint is a sentence under the label.
	Hint     string
	Optional bool
	// Size is a class: "size-s", "size-m"; empty: the full width.
	Size string
	// Accept are the media types of a file.
	Accept string
	// Plain switches off what keyboards do to words: capitals, corrections, underlining.
	Plain bool
	// Made says of a password's value that the installation has made it and shows it; one that was typed never comes back.
	Made bool
}

// Option is one answer of radios or of a select.
type Option struct{ Value, Text string }

// IsWrong says whether a field was refused.
func (p Page) IsWrong(name string) bool { return len(p.wrong(name)) > 0 }

// Attributes are those of the control itself.
func (p Page) Attributes(f Input) templ.Attributes {
	a := p.described(f.Name, f.Hint)
	a["id"], a["name"] = f.Name, f.Name
	if p.IsWrong(f.Name) {
		a["aria-invalid"] = "true"
	}
	set(a, "class", f.Size)
	set(a, "autocomplete", f.Autocomplete)
	if f.Kind == "select" {
		return a
	}
	a["type"] = cmp.Or(f.Kind, "text")
	if f.Value != "" && (f.Kind != "password" || f.Made) {
		a["value"] = f.Value
	}
	set(a, "inputmode", f.Mode)
	set(a, "accept", f.Accept)
	if f.Plain {
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
	if p.IsWrong(name) {
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

// The hidden fields and the button name that all forms share.
const (
	FieldCSRF           = "csrf_token"
	FieldIdempotencyKey = "idempotency_key"
	FieldAction         = "action"
	FieldOwner          = "owner"
	// FieldCredential has what a passkey answered.
	FieldCredential = "credential"
)

// What forms of several features are sent for, in the field action.
const (
	// ActionDeny gives up a partner's sign-in.
	ActionDeny = "deny"
	// ActionResend asks for another code or link.
	ActionResend = "resend"
	// ActionDiscard gives up what was typed into a long form and not accepted.
	ActionDiscard = "discard"
)
