package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed locales/*.toml
var locales embed.FS

// Catalogue is parsed texts; it never changes after it is loaded.
type Catalogue struct{ russian, english *Localizer }

// Load parses the shared texts and those of features: their files locales/<language>.toml. A key that two files have
// is an error.
func Load(features ...fs.FS) (*Catalogue, error) {
	bundle := goi18n.NewBundle(language.Russian)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	known := map[string]bool{}
	for _, texts := range append([]fs.FS{locales}, features...) {
		if err := add(bundle, texts, known); err != nil {
			return nil, err
		}
	}
	return &Catalogue{russian: newLocalizer(bundle, language.Russian), english: newLocalizer(bundle, language.English)}, nil
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
// Accept-Language header; empty ones are skipped. Who wishes for nothing gets Russian. Who wishes for other languages only
// gets English, unless they read Russian: see [readRussian].
func (c *Catalogue) For(wishes ...string) *Localizer {
	var others []string
	for _, wish := range wishes {
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil {
			continue
		}
		for _, tag := range tags {
			switch base, _ := tag.Base(); base.String() {
			case "ru":
				return c.russian
			case "en":
				return c.english
			case "mul", "und": // any
			default:
				others = append(others, base.String())
			}
		}
	}
	if len(others) == 0 || readsRussian(others[0]) {
		return c.russian
	}
	return c.english
}

// readsRussian says of which languages most speakers read Russian better than English: those of Russia's peoples, and of
// the countries where Russian is an official language or the one that most foreigners in Russia have in common.
func readsRussian(lang string) bool {
	const list = " ab av az ba be ce cv hy inh kbd kk kv ky lez mdf mhr myv os sah tg tk tt tyv udm uk uz "
	return strings.Contains(list, " "+lang+" ")
}
