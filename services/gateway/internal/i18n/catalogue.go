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

// catalogue is the parsed texts; it never changes after it is loaded.
type catalogue struct {
	matcher    language.Matcher
	localizers []*Localizer
}

// languages are the ones there are pages in; the first is for those who ask for none of them.
func languages() []language.Tag { return []language.Tag{language.Russian, language.English} }

// loaded parses the catalogues once: a mistake in an embedded file is a mistake of the build.
var loaded = sync.OnceValue(func() *catalogue {
	bundle, err := parse()
	if err != nil {
		panic(err)
	}
	c := &catalogue{matcher: language.NewMatcher(languages())}
	for _, tag := range languages() {
		c.localizers = append(c.localizers, newLocalizer(bundle, tag))
	}
	return c
})

func parse() (*goi18n.Bundle, error) {
	bundle := goi18n.NewBundle(languages()[0])
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	files, err := fs.Glob(locales, "locales/*.toml")
	if err != nil {
		return nil, fmt.Errorf("list the catalogues: %w", err)
	}
	for _, file := range files {
		if _, err := bundle.LoadMessageFileFS(locales, file); err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", file, err)
		}
	}
	return bundle, nil
}
