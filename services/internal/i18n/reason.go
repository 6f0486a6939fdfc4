package i18n

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Reason is a refusal in words: a title of a few words and a sentence or two that say what to do.
//
// Params are those of errs.Error, their names with or without a capital. When the catalogue has a detail for
// one of them it is used: Attempts (left), Seconds (to wait, said in words), Min and Max (of a length), Level
// (the level that is needed, as the Level enum spells it).
func (l *Localizer) Reason(reason errorsv1.Reason, params map[string]string) (title, detail string) {
	id := "reason." + reason.String()
	title, ok := l.find(id+".title", nil, nil)
	if !ok {
		return l.Reason(errorsv1.Reason_REASON_UNSPECIFIED, nil)
	}
	return title, l.detail(id, l.reasonData(params))
}

// FieldReason is the refusal of one field in words: the sentence of the field and the reason (locales/fields.*.toml) where
// there is one, else the reason's. Of a path such as "document.type" the last two parts count, as document_type, or the last.
func (l *Localizer) FieldReason(field string, reason errorsv1.Reason, params map[string]string) string {
	path := strings.Split(field, ".")
	for from := max(0, len(path)-2); from < len(path); from++ {
		id := "field_reason." + strings.Join(path[from:], "_") + "." + reason.String()
		if text, ok := l.find(id, l.reasonData(params), nil); ok {
			return text
		}
	}
	_, detail := l.Reason(reason, params)
	return detail
}

// detail prefers the text made for a parameter that came; the general one says no number.
func (l *Localizer) detail(id string, data map[string]any) string {
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if text, ok := l.find(id+"."+name, data, countOf(data[name])); ok {
			return text
		}
		if text, ok := l.find(id+"."+name, data, nil); ok {
			return text // not a text in plural forms
		}
	}
	return l.T(id + ".detail")
}

// countOf is a parameter as what chooses the plural form; nil when it is no number.
func countOf(value any) any {
	if s, ok := value.(string); ok {
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
	}
	return nil
}

func (l *Localizer) reasonData(params map[string]string) map[string]any {
	data := map[string]any{}
	for name, value := range params {
		if name != "" && value != "" {
			data[strings.ToUpper(name[:1])+name[1:]] = value
		}
	}
	if seconds, ok := data["Seconds"].(string); ok {
		n, err := strconv.Atoi(seconds)
		if err != nil || n <= 0 {
			delete(data, "Seconds")
		}
		data["Wait"] = l.Wait(time.Duration(n) * time.Second)
	}
	if level, ok := data["Level"].(string); ok {
		data["Level"] = l.T("level." + strings.ToUpper(level) + ".adjective")
	}
	return data
}
