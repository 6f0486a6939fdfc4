package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/propusk-id/propusk/services/otp/internal/domain"
)

// Meter counts what an operator watches: how much is sent, and which limit refuses how often. It does not know to whom.
type Meter struct {
	sends    prometheus.Counter
	refusals *prometheus.CounterVec
}

// NewMeter registers the metrics. Every limit is there from the start: an alert needs the zero before the first refusal.
func NewMeter(metrics prometheus.Registerer) (*Meter, error) {
	m := &Meter{
		sends: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "propusk_otp_sends_total", Help: "Codes counted against the limits on sending.",
		}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "propusk_otp_send_refusals_total", Help: "Codes not sent, by the limit that was reached.",
		}, []string{"limit"}),
	}
	for _, l := range domain.SendLimits() {
		m.refusals.WithLabelValues(string(l))
	}
	for _, c := range []prometheus.Collector{m.sends, m.refusals} {
		if err := metrics.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *Meter) sent() { m.sends.Inc() }

func (m *Meter) refused(l domain.SendLimit) { m.refusals.WithLabelValues(string(l)).Inc() }
