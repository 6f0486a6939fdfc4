package i18n

import (
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Localizer speaks one language. It is immutable and shared.
type Localizer struct {
	lang   string
	tag    language.Tag
	inner  *goi18n.Localizer
	months []string
}

// Lang is "ru" or "en": the value of the lang attribute and of Content-Language.
func (l *Localizer) Lang() string { return l.lang }

// T is the text of a key. Data are its parameters as name, value, name, value; a parameter named Count also
// chooses the plural form. An unknown key gives the key in brackets, so that it is seen.
func (l *Localizer) T(id string, data ...any) string {
	values := pairs(data)
	text, ok := l.find(id, values, values["Count"])
	if !ok {
		return "⟦" + id + "⟧"
	}
	return text
}

func (l *Localizer) find(id string, values map[string]any, count any) (string, bool) {
	text, err := l.inner.Localize(&goi18n.LocalizeConfig{MessageID: id, TemplateData: values, PluralCount: count})
	return text, err == nil
}

func newLocalizer(bundle *goi18n.Bundle, tag language.Tag) *Localizer {
	l := &Localizer{lang: tag.String(), tag: tag, inner: goi18n.NewLocalizer(bundle, tag.String())}
	l.months = splitWords(l.T("date.months"))
	return l
}

// pairs makes name, value, name, value a map; an odd name at the end is dropped.
func pairs(data []any) map[string]any {
	values := make(map[string]any, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		if name, ok := data[i].(string); ok {
			values[name] = data[i+1]
		}
	}
	return values
}
