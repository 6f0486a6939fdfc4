package templates_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/propusk-id/propusk/services/internal/support"
	"github.com/propusk-id/propusk/services/notification/internal/templates"
)

// emails renders every e-mail there is.
func emails(t *testing.T, c *templates.Catalogue, check func(t *testing.T, language string, e templates.Email)) {
	t.Helper()
	for name, want := range expected() {
		if !slices.Contains(want.parts, "email") {
			continue
		}
		for _, language := range languages() {
			t.Run(language+"/"+name, func(t *testing.T) {
				given := map[string]string{}
				for _, p := range want.params {
					given[p], _ = value(p, language)
				}
				e, err := c.Email(name, language, given)
				if err != nil {
					t.Fatal(err)
				}
				check(t, language, e)
			})
		}
	}
}

// An e-mail has the look of its sender, one button that says what it does, the link itself for who cannot press it, and
// the same as plain text. It fetches nothing, and can be read on a dark screen.
func TestEmailsAreBrandedAndHaveAButton(t *testing.T) {
	emails(t, load(t), func(t *testing.T, language string, e templates.Email) {
		brand := map[string]string{"ru": "Пропуск", "en": "Propusk"}[language]
		root, err := html.Parse(strings.NewReader(e.HTML))
		if err != nil {
			t.Fatal(err)
		}
		var buttons, links []*html.Node
		for n := range root.Descendants() {
			switch n.Data {
			case "img", "link", "script", "iframe":
				t.Errorf("has <%s>", n.Data)
			case "a":
				if class := attribute(n, "class"); class == "button" {
					buttons = append(buttons, n)
				} else {
					links = append(links, n)
				}
			}
		}
		if strings.Contains(e.Text, "canary-code") {
			if len(buttons)+len(links) > 0 {
				t.Error("a link beside a code is what people are to be wary of")
			}
			return
		}
		if len(buttons) != 1 || len(links) != 1 || attribute(buttons[0], "href") != attribute(links[0], "href") {
			t.Fatalf("%d buttons, %d links", len(buttons), len(links))
		}
		link := attribute(links[0], "href")
		if label := buttons[0].FirstChild.Data; label == "" || strings.Contains(label, "://") ||
			label == "Открыть страницу" || label == "Open the page" {
			t.Errorf("the button says %q", label)
		}
		if !strings.Contains(e.Text, "\n\n"+link+"\n\n") || strings.Count(e.Text, "://") != 2 {
			t.Errorf("the plain text has not the link %s alone, and the sender's: %s", link, e.Text)
		}
		for _, want := range []string{brand + "</td>", "prefers-color-scheme: dark", `content="light dark"`, `lang="` + language + `"`} {
			if !strings.Contains(e.HTML, want) {
				t.Errorf("no %q", want)
			}
		}
		if strings.Contains(e.HTML, "url(") || !strings.Contains(e.Text, brand+", "+publicURL) {
			t.Errorf("fetches something, or does not say who wrote: %s", e.Text)
		}
	})
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Where there is nobody to turn to, no message says that people should; where there is, it says how.
func TestSupportIsSpokenOfWithItsContacts(t *testing.T) {
	speaks := regexp.MustCompile(`(?i)поддержк|support@|\bsupport\b|не вы\? 8|not you\? 8`)
	for name, contacts := range map[string]support.Contacts{"nobody": {}, "somebody": desk()} {
		c, spoken := loadAt(t, publicURL, contacts), 0
		for template, want := range expected() {
			for _, language := range languages() {
				given := map[string]string{}
				for _, p := range want.params {
					given[p], _ = value(p, language)
				}
				for _, part := range want.parts {
					texts, err := render(c, part, template, language, given)
					if err != nil {
						t.Fatal(err)
					}
					if !speaks.MatchString(texts[0]) {
						continue
					}
					spoken++
					if !strings.Contains(texts[0], desk().Phone) || !contacts.Any() {
						t.Errorf("%s: %s %s in %s: %s", name, template, part, language, texts[0])
					}
				}
			}
		}
		if contacts.Any() != (spoken > 20) {
			t.Errorf("%s: support is spoken of %d times", name, spoken)
		}
	}
}

// Whoever gets a number or an address that somebody else had before is not told that the account is theirs.
func TestATakenContactMayHaveBeenSomebodyElses(t *testing.T) {
	for _, contacts := range []support.Contacts{{}, desk()} {
		c := loadAt(t, publicURL, contacts)
		for language, want := range map[string]struct{ sms, email []string }{
			"ru": {[]string{"уже есть в Пропуске", "Давно ваш? Войдите", "Новый? Укажите почту"}, []string{"у другого человека", "Зарегистрируйтесь", "войдите", "ничего не произошло"}},
			"en": {[]string{"someone else's before?", "with email", "Sign in", "Do nothing"}, []string{"to someone else before", "Sign up with", "sign in", "Nothing has happened"}},
		} {
			sms, err := c.SMS("contact_taken", language, nil)
			if err != nil {
				t.Fatal(err)
			}
			email, err := c.Email("contact_taken", language, nil)
			if err != nil {
				t.Fatal(err)
			}
			for text, words := range map[string][]string{sms: want.sms, email.Text: want.email} {
				for _, w := range words {
					if !strings.Contains(text, w) {
						t.Errorf("%s: no %q in %s", language, w, text)
					}
				}
			}
		}
	}
}
