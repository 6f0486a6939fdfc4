package web

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

// leave is the only script of the page: it goes on once every frame has loaded, and after three seconds whatever they do.
const leave = `const next = () => location.replace(document.getElementById("next").href);` +
	`let left = document.querySelectorAll("iframe").length;` +
	`document.querySelectorAll("iframe").forEach((f) => f.addEventListener("load", () => { if (--left === 0) next(); }));` +
	`setTimeout(next, 3000);`

func departurePage() *template.Template {
	return template.Must(template.New("departure").Parse(`<!doctype html>
<html lang="{{.Language}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}}</title>
<p>{{.Title}}. <a id="next" href="{{.Next}}">{{.Link}}</a></p>
{{range .Frames}}<iframe src="{{.}}" hidden sandbox="allow-scripts allow-same-origin"></iframe>
{{end}}<script>` + leave + `</script>
</html>
`))
}

type departureView struct {
	Language, Title, Link string
	Next                  template.URL
	Frames                []string
}

// depart sends the browser on, after the sites in frames have been told.
func (h *handler) depart(w http.ResponseWriter, d app.Departure) {
	if len(d.Frames) == 0 {
		redirect(w, d.URL)
		return
	}
	v := departureView{Language: "ru", Title: "Выходим на сайтах", Link: "Продолжить", Next: template.URL(d.URL), Frames: d.Frames} //nolint:gosec // registered
	if d.Language == "en" {
		v.Language, v.Title, v.Link = "en", "Signing out of the sites", "Continue"
	}
	var origins []string
	for _, f := range d.Frames {
		origins = append(origins, domain.Origin(f))
	}
	slices.Sort(origins)
	sum := sha256.Sum256([]byte(leave))
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; script-src 'sha256-"+
		base64.StdEncoding.EncodeToString(sum[:])+"'; frame-src "+strings.Join(slices.Compact(origins), " "))
	_ = h.departure.Execute(w, v) // a browser that has gone needs no answer
}
