// Package templates has the texts of messages and feed entries, in every language.
//
// A template is a file per language. It defines the parts it has: "sms"; "subject", "email" and, for the e-mail's link,
// "button"; "title" and "feed". Its parameters are the caller's, and the installation's: public_url, host, and support and
// support_short, which are empty where nobody can be turned to. What all e-mails of a language share is in frame.<language>.tmpl.
package templates

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"strings"
	"text/template"
	"time"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/internal/support"
)

//go:embed files
var files embed.FS

// Email is a rendered e-mail.
type Email struct{ Subject, Text, HTML string }

// Entry is a rendered entry of the feed.
type Entry struct{ Title, Text string }

// Catalogue has all templates, by language and name.
type Catalogue struct {
	publicURL, host string
	support         support.Contacts
	texts           map[string]map[string]*template.Template
	layout          *htmltemplate.Template
}

// Load reads the templates of an installation.
func Load(publicURL string, contacts support.Contacts) (*Catalogue, error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{
		publicURL: publicURL, host: u.Hostname(), support: contacts, texts: map[string]map[string]*template.Template{},
	}
	if c.layout, err = htmltemplate.ParseFS(files, "files/layout.html"); err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "files/*/*.tmpl")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := c.add(name); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Catalogue) add(file string) error {
	content, err := files.ReadFile(file)
	if err != nil {
		return err
	}
	language, name := path.Base(path.Dir(file)), strings.TrimSuffix(path.Base(file), ".tmpl")
	functions := template.FuncMap{"split": split, "day": day(language)}
	t, err := template.New(file).Option("missingkey=error").Funcs(functions).ParseFS(files, "files/frame."+language+".tmpl")
	if err == nil {
		t, err = t.Parse(string(content))
	}
	if err != nil {
		return err
	}
	if c.texts[language] == nil {
		c.texts[language] = map[string]*template.Template{}
	}
	c.texts[language][name] = t
	return nil
}

// split reads a list from a parameter.
func split(s string) []string { return strings.Split(s, ",") }

// day formats a parameter such as 2026-12-31 as is usual in the language.
func day(language string) func(string) (string, error) {
	layout := "2 January 2006"
	if language == "ru" {
		layout = "02.01.2006"
	}
	return func(s string) (string, error) {
		t, err := time.Parse(time.DateOnly, s)
		return t.Format(layout), err
	}
}

// SMS renders a text message.
func (c *Catalogue) SMS(name, language string, params map[string]string) (string, error) {
	return c.part(name, language, "sms", params)
}

// Email renders an e-mail: the HTML is made of the text's paragraphs, where a link that stands alone becomes a button.
func (c *Catalogue) Email(name, language string, params map[string]string) (Email, error) {
	subject, err := c.part(name, language, "subject", params)
	if err != nil {
		return Email{}, err
	}
	text, err := c.part(name, language, "email", params)
	if err != nil {
		return Email{}, err
	}
	footer, err := c.part(name, language, "footer", nil)
	if err != nil {
		return Email{}, err
	}
	html, err := c.html(name, language, letter{
		Language: language, Subject: subject, Paragraphs: c.paragraphs(text), Footer: strings.Split(footer, "\n\n"),
	})
	return Email{Subject: subject, Text: text + "\n\n" + footer, HTML: html}, err
}

// Entry renders an entry of the feed.
func (c *Catalogue) Entry(name, language string, params map[string]string) (Entry, error) {
	title, err := c.part(name, language, "title", params)
	if err != nil {
		return Entry{}, err
	}
	text, err := c.part(name, language, "feed", params)
	return Entry{Title: title, Text: text}, err
}

// part renders one part. A template without the part and a missing parameter are refused; the error holds no parameter.
func (c *Catalogue) part(name, language, part string, params map[string]string) (string, error) {
	t := c.texts[language][name]
	if t == nil || t.Lookup(part) == nil {
		return "", fmt.Errorf("template %q has no %s in %q: %w", name, part, language, problem(errorsv1.Reason_FIELD_UNKNOWN_VALUE))
	}
	data := maps.Clone(params)
	if data == nil {
		data = map[string]string{}
	}
	data["public_url"], data["host"] = c.publicURL, c.host
	data["support"], data["support_short"] = c.support.Line(language), c.support.Short()
	var out strings.Builder
	if t.ExecuteTemplate(&out, part, data) != nil {
		return "", fmt.Errorf("template %q lacks parameters: %w", name, problem(errorsv1.Reason_FIELD_REQUIRED))
	}
	return strings.TrimSpace(out.String()), nil
}

// letter is an e-mail as the layout shows it.
type letter struct {
	Language, Brand, Initial, Subject string
	Paragraphs                        []paragraph
	// Button is what the link's button says, NoButton what stands over the link itself.
	Button, NoButton string
	Footer           []string
}

type paragraph struct{ Text, Link string }

func (c *Catalogue) paragraphs(text string) []paragraph {
	var out []paragraph
	for p := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(p, c.publicURL+"/") && !strings.ContainsAny(p, " \n") {
			out = append(out, paragraph{Link: p})
			continue
		}
		out = append(out, paragraph{Text: p})
	}
	return out
}

// html renders the layout with the words that an e-mail's frame has.
func (c *Catalogue) html(name, language string, l letter) (string, error) {
	for part, into := range map[string]*string{
		"brand": &l.Brand, "initial": &l.Initial, "button": &l.Button, "no_button": &l.NoButton,
	} {
		var err error
		if *into, err = c.part(name, language, part, nil); err != nil {
			return "", err
		}
	}
	var out strings.Builder
	err := c.layout.Execute(&out, l)
	return out.String(), err
}

func problem(r errs.Reason) error { return errs.Problem{Reason: r} }
