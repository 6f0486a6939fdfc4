package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Prefix is where Handler is mounted.
const Prefix = "/static/"

//go:embed *.css *.js *.svg *.ico *.png fonts
var files embed.FS

// version is a hash of all files: any change gives all of them new addresses.
var version = sync.OnceValue(func() string {
	hash := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(path)
		hash.Write([]byte(path + "\x00"))
		hash.Write(content)
		return err
	})
	if err != nil {
		panic(err) // The embedded files are part of the program.
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
})

// URL is the address of a file: URL("propusk.css") is "/static/<hash>/propusk.css".
func URL(name string) string { return Prefix + version() + "/" + name }

// Handler serves the files under Prefix. A file asked for by the hash of another release (during a roll-out) is
// answered with this release's, but not kept.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
		if !ok || !isFile(name) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", cacheControl(hash))
		serve(w, r, name)
	})
}

// Favicon serves the icon to whoever asks for it at the root without having read a page.
func Favicon() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=86400")
		serve(w, r, "favicon.ico")
	})
}

// serve answers with a file, compressed where the browser takes that. Only what is the same for everybody is compressed: of a
// page that carries a secret beside what somebody else may put into it, the length would tell the secret (BREACH).
func serve(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	if !compressible(name) {
		http.ServeFileFS(w, r, files, name)
		return
	}
	h.Add("Vary", "Accept-Encoding")
	f := encoded()[name]
	coding, content := f.best(r.Header.Get("Accept-Encoding"))
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Type", f.kind)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

func cacheControl(hash string) string {
	if hash == version() {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// isFile keeps folder listings and odd paths out.
func isFile(name string) bool {
	info, err := fs.Stat(files, name)
	return err == nil && !info.IsDir()
}
