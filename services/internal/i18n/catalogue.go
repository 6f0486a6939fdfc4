package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed locales/*.toml
var locales embed.FS

// Catalogue is parsed texts; it never changes after it is loaded.
type Catalogue struct {
	matcher    language.Matcher
	localizers []*Localizer
}

// languages are the ones there are texts in; the first is for those who ask for none of them.
func languages() []language.Tag { return []language.Tag{language.Russian, language.English} }

// Load parses the shared texts and those of features: their files locales/<language>.toml. A key that two files have
// is an error.
func Load(features ...fs.FS) (*Catalogue, error) {
	bundle := goi18n.NewBundle(languages()[0])
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	known := map[string]bool{}
	for _, texts := range append([]fs.FS{locales}, features...) {
		if err := add(bundle, texts, known); err != nil {
			return nil, err
		}
	}
	c := &Catalogue{matcher: language.NewMatcher(languages())}
	for _, tag := range languages() {
		c.localizers = append(c.localizers, newLocalizer(bundle, tag))
	}
	return c, nil
}

func add(bundle *goi18n.Bundle, texts fs.FS, known map[string]bool) error {
	files, err := fs.Glob(texts, "locales/*.toml")
	if err != nil {
		return fmt.Errorf("list the catalogues: %w", err)
	}
	for _, file := range files {
		parsed, err := bundle.LoadMessageFileFS(texts, file)
		if err != nil {
			return fmt.Errorf("catalogue %s: %w", file, err)
		}
		for _, m := range parsed.Messages {
			key := parsed.Tag.String() + " " + m.ID
			if known[key] {
				return fmt.Errorf("catalogue %s: another one has %s too", file, m.ID)
			}
			known[key] = true
		}
	}
	return nil
}

// shared parses the texts of this package once: a mistake in an embedded file is a mistake of the build.
var shared = sync.OnceValue(func() *Catalogue {
	c, err := Load()
	if err != nil {
		panic(err)
	}
	return c
})

// For gives the localizer of the first wish that can be met, with the shared texts only: see [Catalogue.For].
func For(wishes ...string) *Localizer { return shared().For(wishes...) }

// For gives the localizer of the first wish that can be met. A wish is a language ("en", "ru-RU") or a whole
// Accept-Language header; empty ones are skipped. Who wishes for nothing there is gets Russian.
func (c *Catalogue) For(wishes ...string) *Localizer {
	for _, wish := range wishes {
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, i, confidence := c.matcher.Match(tags...); confidence != language.No {
			return c.localizers[i]
		}
	}
	return c.localizers[0]
}
