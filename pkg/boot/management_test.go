package boot

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestProfilesAreServedOnlyWhenAskedFor(t *testing.T) {
	for profiles, want := range map[bool]int{false: http.StatusNotFound, true: http.StatusOK} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/debug/pprof/goroutine?debug=1", nil)
		management(newHealth(), prometheus.NewRegistry(), profiles).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("with profiling %t it answers %d", profiles, w.Code)
		}
	}
}
