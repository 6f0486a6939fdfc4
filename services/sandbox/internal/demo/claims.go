package demo

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/propusk-id/propusk/services/sandbox/internal/pages"
)

// read lists the claims that the partner received.
func read(view *pages.DemoResult, idToken *oidc.IDToken, userinfo *oidc.UserInfo) error {
	var in, out map[string]json.RawMessage
	if err := idToken.Claims(&in); err != nil {
		return err
	}
	if err := userinfo.Claims(&out); err != nil {
		return err
	}
	_ = json.Unmarshal(in["acr"], &view.Level)
	view.IDToken, view.Userinfo = list(in), list(out)
	return nil
}

// list is the claims in the order of their names.
func list(claims map[string]json.RawMessage) []pages.Claim {
	var out []pages.Claim
	for _, name := range slices.Sorted(maps.Keys(claims)) {
		out = append(out, pages.Claim{Name: name, Value: value(name, claims[name])})
	}
	return out
}

// value is a text as it is, an instant as a time too, and anything else as indented JSON.
func value(name string, raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var seconds int64
	if slices.Contains([]string{"exp", "iat", "auth_time", "nbf", "updated_at"}, name) && json.Unmarshal(raw, &seconds) == nil {
		return string(raw) + " (" + time.Unix(seconds, 0).UTC().Format(time.RFC3339) + ")"
	}
	var indented bytes.Buffer
	if json.Indent(&indented, raw, "", "  ") != nil {
		return string(raw)
	}
	return indented.String()
}
