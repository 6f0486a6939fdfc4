package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/testkit"
)

func TestAWrongPublicURLIsNoticed(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"code":"NOT_FOUND","instance":"/v1/else"}`))
	}))
	t.Cleanup(other.Close)
	away := httptest.NewServer(http.NotFoundHandler())
	away.Close()
	for name, c := range map[string]struct {
		vars map[string]string
		want string
	}{
		"itself":       {map[string]string{}, "PUBLIC_URL leads here"},
		"another":      {map[string]string{"PUBLIC_URL": other.URL}, "PUBLIC_URL leads to something else"},
		"out of reach": {map[string]string{"PUBLIC_URL": away.URL}, "PUBLIC_URL could not be asked"},
	} {
		t.Run(name, func(t *testing.T) {
			c.vars["PROPUSK_GATEWAY_SELF_CHECK_AFTER"] = "1ms"
			s := startWith(t, c.vars)
			testkit.Eventually(t, c.want, func() bool { return strings.Contains(s.Logs(), c.want) })
		})
	}
}
