package responsemode

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/propusk-id/propusk/services/oidc/internal/app"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// formPost has the answer in a form, which a page posts by itself (OAuth 2.0 Form Post Response Mode).
type formPost struct{ page *template.Template }

func (formPost) Name() string { return domain.ModeFormPost }

// submit is the page's only script: the policy allows it by its hash.
const submit = "document.forms[0].submit()"

func newFormPost() formPost {
	return formPost{template.Must(template.New("form_post").Parse(`<!doctype html>
<html lang="{{.Language}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<form method="post" action="{{.Address}}">
{{range .Fields}}<input type="hidden" name="{{.Name}}" value="{{.Value}}">
{{end}}<noscript><p>{{.Hint}}</p><button>{{.Button}}</button></noscript>
</form>
<script>` + submit + `</script>
</html>
`))}
}

type field struct{ Name, Value string }

type form struct {
	Language, Title, Hint, Button string
	// Address is the partner's, which was registered and checked: also one of an application's own scheme.
	Address template.URL
	Fields  []field
}

func (m formPost) Send(w http.ResponseWriter, a app.Answer) {
	f := form{Language: "ru", Title: "Возвращаемся на сайт", Hint: "Осталось вернуться на сайт, на котором вы входите.", Button: "Вернуться на сайт"}
	if a.Language == "en" {
		f = form{Language: "en", Title: "Going back to the site", Hint: "All that is left is to go back to the site you are signing in to.", Button: "Go back to the site"}
	}
	f.Address = template.URL(a.Address) //nolint:gosec // registered and compared octet by octet
	for name := range a.Params {
		f.Fields = append(f.Fields, field{name, a.Params.Get(name)})
	}
	slices.SortFunc(f.Fields, func(x, y field) int { return strings.Compare(x.Name, y.Name) })
	sum := sha256.Sum256([]byte(submit))
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy",
		"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; script-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	_ = m.page.Execute(w, f) // a browser that has gone needs no answer
}
