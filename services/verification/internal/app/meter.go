package app

import "github.com/prometheus/client_golang/prometheus"

// Meter counts what an operator is to be told of.
type Meter struct{ overBudget prometheus.Counter }

// NewMeter registers the metrics.
func NewMeter(metrics prometheus.Registerer) (*Meter, error) {
	m := &Meter{overBudget: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "propusk_verification_over_budget_total",
		Help: "Submissions while the whole installation's budget of mismatches was used up.",
	})}
	return m, metrics.Register(m.overBudget)
}
