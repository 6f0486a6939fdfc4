package events

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Measure has the consumer report how late events are: the seconds from an event's time, which is just before its
// commit, to the end of its handling, tries that failed included, by producer.
func (c *Consumer) Measure(metrics prometheus.Registerer) error {
	delay := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "propusk_event_delay_seconds",
		Help: "From an event's commit at its producer to the end of its handling here.",
		// 0.25 is the target; the steps around it are narrow enough to tell how far it is.
		Buckets: []float64{
			.001, .0025, .005, .0075, .01, .015, .02, .03, .04, .05, .075, .1, .15, .2, .25, .3, .4, .5, .75, 1, 2.5, 5, 10, 60, 600,
		},
	}, []string{"producer"})
	if err := metrics.Register(delay); err != nil {
		return err
	}
	c.delay = delay
	return nil
}

func (c *Consumer) observe(d Delivery, handled time.Time) {
	if c.delay != nil {
		c.delay.WithLabelValues(d.Producer).Observe(handled.Sub(d.Time).Seconds())
	}
}
