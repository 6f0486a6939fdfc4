package home

import (
	"bytes"
	_ "embed" // services.yaml
	"sync"

	"go.yaml.in/yaml/v3"
)

// Service is something that people can do with an account of a level.
type Service struct {
	ID string `yaml:"id"`
	// Level is the lowest that will do, as the contract spells it: "STANDARD".
	Level string `yaml:"level"`
	Name  Text   `yaml:"name"`
	About Text   `yaml:"about"`
}

// Text is a text in both languages.
type Text struct {
	Russian string `yaml:"ru"`
	English string `yaml:"en"`
}

// In is the text in a language, "ru" or "en".
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.English
	}
	return t.Russian
}

//go:embed services.yaml
var listed []byte

// catalogue is the list of services.yaml, in its order.
var catalogue = sync.OnceValue(func() []Service {
	var all []Service
	d := yaml.NewDecoder(bytes.NewReader(listed))
	d.KnownFields(true)
	if err := d.Decode(&all); err != nil {
		panic(err) // The embedded file is part of the program.
	}
	return all
})

// of are the services that a level opens.
func of(all []Service, level string) []Service {
	var out []Service
	for _, s := range all {
		if s.Level == level {
			out = append(out, s)
		}
	}
	return out
}
