package pages

import (
	"context"
	"html"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/propusk-id/propusk/services/sandbox/internal/domain"
)

// Phone is the virtual phone.
type Phone struct {
	Page
	Messages []Message
	// To is the contact whose messages are shown; empty: everybody's.
	To         string
	Recipients []string
	Options    domain.Options
}

// Message is one message on the page.
type Message struct {
	ID int64
	// Channel is SMS, EMAIL or LETTER; Kind the same in lower case.
	Channel, Kind string
	To            string
	Subject, Code string
	// Parts are the text; every second part is a link.
	Parts                         []string
	AttachmentURL, AttachmentName string
	HTMLURL                       string
	Time                          time.Time
}

// text is the message with its links and its code marked. It is written here, because a template would put spaces
// around each part.
func (m Message) text() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for i, part := range m.Parts {
			part = html.EscapeString(part)
			switch {
			case i%2 == 1:
				b.WriteString(`<a rel="noopener" href="` + part + `">` + part + `</a>`)
			case m.Code != "":
				b.WriteString(strings.ReplaceAll(part, m.Code, "<mark>"+m.Code+"</mark>"))
			default:
				b.WriteString(part)
			}
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func (m Phone) json() string {
	q := url.Values{"wait": {"5s"}}
	if m.To != "" {
		q.Set("to", m.To)
	}
	return "/sandbox/v1/messages?" + q.Encode()
}

// at says whether this is the page at the path.
func (p Page) at(path string) bool {
	here, _, _ := strings.Cut(p.Path, "?")
	return here == path
}
