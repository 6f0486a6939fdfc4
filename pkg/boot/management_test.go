package boot

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/propusk-id/propusk/pkg/embedded"
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

// All replicas share one Redis: losing it must not take all of them out of service at once.
func TestAProcessStaysReadyWithoutRedis(t *testing.T) {
	server, err := embedded.RealRedis(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	opts, err := redis.ParseURL(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(opts)
	defer func() { _ = client.Close() }()
	p := &Platform{Service: "otp", health: newHealth()}
	p.watchRedis(client)
	if err := p.health.problem(t.Context()); err != nil || len(p.health.allWarnings()) != 0 {
		t.Fatalf("%v, %v", err, p.health.allWarnings())
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := p.health.problem(t.Context()); err != nil || len(p.health.allWarnings()) != 1 {
		t.Errorf("without Redis: %v, %v", err, p.health.allWarnings())
	}
	late := &Platform{Service: "otp", health: newHealth()}
	if late.watchRedis(client); late.health.problem(t.Context()) == nil {
		t.Error("a process that never reached Redis is ready")
	}
}
