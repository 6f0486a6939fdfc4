package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"mime"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// encodedFile is a file as it is and compressed, by the name of the coding (RFC 9110 §8.4.1).
type encodedFile struct {
	kind  string
	plain []byte
	by    map[string][]byte
}

// compressible says whether compression makes a file smaller: fonts and pictures are compressed already.
func compressible(name string) bool {
	switch path.Ext(name) {
	case ".css", ".js", ".svg", ".txt":
		return true
	}
	return false
}

// encoded are all compressible files, compressed once.
var encoded = sync.OnceValue(func() map[string]encodedFile {
	all := map[string]encodedFile{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !compressible(name) {
			return err
		}
		all[name], err = encode(name)
		return err
	})
	if err != nil {
		panic(err) // The embedded files are part of the program.
	}
	return all
})

func encode(name string) (encodedFile, error) {
	plain, err := files.ReadFile(name)
	if err != nil {
		return encodedFile{}, err
	}
	f := encodedFile{kind: mime.TypeByExtension(path.Ext(name)), plain: plain, by: map[string][]byte{}}
	f.by["br"], err = written(plain, func(w io.Writer) (io.WriteCloser, error) {
		return brotli.NewWriterLevel(w, brotli.BestCompression), nil
	})
	if err != nil {
		return f, err
	}
	f.by["gzip"], err = written(plain, func(w io.Writer) (io.WriteCloser, error) {
		return gzip.NewWriterLevel(w, gzip.BestCompression)
	})
	return f, err
}

func written(plain []byte, to func(io.Writer) (io.WriteCloser, error)) ([]byte, error) {
	var out bytes.Buffer
	w, err := to(&out)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

// best is the smallest form that an Accept-Encoding header allows; the coding of the plain one is "".
func (f encodedFile) best(accept string) (coding string, content []byte) {
	for _, coding := range []string{"br", "gzip"} {
		if accepts(accept, coding) {
			return coding, f.by[coding]
		}
	}
	return "", f.plain
}

// accepts says whether a header names a coding without refusing it by a weight of zero.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, weighted := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return !weighted || err == nil && q > 0
	}
	return false
}
