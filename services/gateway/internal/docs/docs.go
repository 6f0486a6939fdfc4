// Package docs is the page at /docs: the API's description, rendered by Swagger UI out of the program itself, with nothing
// fetched from elsewhere and under a content security policy without exceptions.
package docs

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"slices"

	swagger "github.com/swaggest/swgui/v5/static"
	"github.com/vearutop/statigz"

	"github.com/propusk-id/propusk/services/gateway/internal/rest/openapi"
)

// Path is the page; what it needs lies below.
const Path = "/docs"

//go:embed page.html docs.js docs.css
var files embed.FS

// policy lets the page load its own files and call this installation. Swagger UI's style sheet holds its pictures.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Docs answers Path and everything below it.
type Docs struct {
	page []byte
	// version stands in the address of the files, and changes with them: so browsers may keep them.
	version string
	// own and rendered are the files of this package and of Swagger UI.
	own, rendered http.Handler
}

// New renders the page. tryOut: calls can be sent from it.
func New(tryOut bool) (*Docs, error) {
	version, err := hash(files, swagger.FS)
	if err != nil {
		return nil, err
	}
	d := &Docs{version: version, own: statigz.FileServer(files), rendered: statigz.FileServer(swagger.FS)}
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = page.Execute(&out, struct {
		Assets, Description string
		TryOut              bool
	}{Path + "/" + version + "/", openapi.Path, tryOut})
	d.page = out.Bytes()
	return d, err
}

// hash is the same as long as all files are.
func hash(all ...embed.FS) (string, error) {
	sum := sha256.New()
	for _, files := range all {
		names, err := fs.Glob(files, "*")
		if err != nil {
			return "", err
		}
		for _, name := range names {
			content, err := files.ReadFile(name)
			if err != nil {
				return "", err
			}
			sum.Write([]byte(name + "\x00"))
			sum.Write(content)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

// Register adds the page to the gateway's paths.
func (d *Docs) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET "+Path, d.servePage)
	mux.HandleFunc("GET "+Path+"/{version}/{name}", d.serveAsset)
}

func (d *Docs) servePage(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", "en")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-cache")
	_, _ = w.Write(d.page)
}

// serveAsset serves what the page names and nothing else of what its packages hold. A file asked for by the version of another
// release (during a roll-out) is answered with this release's, but not kept.
func (d *Docs) serveAsset(w http.ResponseWriter, r *http.Request) {
	version, name := r.PathValue("version"), r.PathValue("name")
	from := d.rendered
	switch {
	case slices.Contains([]string{"docs.js", "docs.css"}, name):
		from = d.own
	case !slices.Contains([]string{"swagger-ui-bundle.js", "swagger-ui.css"}, name):
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	if version == d.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Add("Vary", "Accept-Encoding")
	http.StripPrefix(Path+"/"+version+"/", from).ServeHTTP(w, r)
}
