package rpc

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count a server's calls: how long they take, by method and by outcome. Methods and reasons are
// fixed lists, so that nothing personal can become a label.
type metrics struct{ calls *prometheus.HistogramVec }

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "propusk_rpc_duration_seconds", Help: "Time of a call by method and reason; OK: no refusal.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"method", "reason"})}
	if r == nil {
		return m, nil
	}
	return m, r.Register(m.calls)
}

func (m *metrics) observe(method, reason string, took time.Duration) {
	m.calls.WithLabelValues(method[strings.LastIndexByte(method, '/')+1:], reason).Observe(took.Seconds())
}
