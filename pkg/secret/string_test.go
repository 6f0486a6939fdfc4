package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/secret"
)

const sesame = "open-sesame"

func TestStringNeverShows(t *testing.T) {
	type config struct {
		Password secret.String
		hidden   secret.String
		List     []secret.String
		Map      map[string]*secret.String
	}
	s := secret.New(sesame)
	c := config{Password: s, hidden: s, List: []secret.String{s}, Map: map[string]*secret.String{"a": &s}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		for _, v := range []any{s, &s, c, &c, c.hidden} {
			fmt.Fprintf(&out, strings.Replace(verb, "%T ", "", 1), v)
		}
	}
	fmt.Fprint(&out, s, c)
	for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(h).Info("here", "s", s, "p", &s, "c", c)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	for _, form := range []string{sesame, fmt.Sprintf("%x", sesame), fmt.Sprintf("%X", sesame)} {
		if strings.Contains(out.String(), form) {
			t.Errorf("shown: %s", out.String())
		}
	}
	if !strings.Contains(string(text), `"Password":"***"`) {
		t.Errorf("JSON: %s", text)
	}
}

func TestStringKeeps(t *testing.T) {
	var s, zero secret.String
	if err := s.UnmarshalText([]byte(sesame)); err != nil || s.Reveal() != sesame {
		t.Errorf("%q %v", s.Reveal(), err)
	}
	if zero.Reveal() != "" || !zero.IsZero() || s.IsZero() || !secret.New("").IsZero() {
		t.Error("emptiness")
	}
	if !s.Equal(secret.New(sesame)) || s.Equal(zero) || s.Equal(secret.New(sesame+"!")) || !zero.Equal(secret.New("")) {
		t.Error("equality")
	}
	if text, err := s.MarshalText(); err != nil || string(text) != "***" {
		t.Errorf("%s %v", text, err)
	}
	if s.String() != "***" || s.GoString() != "***" {
		t.Error("forms")
	}
}
