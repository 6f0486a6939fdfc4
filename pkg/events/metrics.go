package events

import "github.com/prometheus/client_golang/prometheus"

// publisherMetrics are how a service's events get to their streams, by stream.
type publisherMetrics struct {
	oldest, failing, fill, bytes *prometheus.GaugeVec
}

func newPublisherMetrics() publisherMetrics {
	return publisherMetrics{
		oldest: gauge("propusk_outbox_oldest_unsent_seconds",
			"Age of the oldest event in the outbox that no stream has stored yet.", "stream"),
		failing: gauge("propusk_events_publish_failing_seconds",
			"For how long no event could be published; 0: the last try got through.", "stream"),
		fill:  gauge("propusk_stream_fill_ratio", "Part of its bytes that a stream has used; at 1 it takes no more.", "stream"),
		bytes: gauge("propusk_stream_bytes", "Bytes that a stream holds.", "stream"),
	}
}

func (m publisherMetrics) register(r prometheus.Registerer) error {
	return register(r, m.oldest, m.failing, m.fill, m.bytes)
}

// consumerMetrics are how a service keeps up with the events that it handles.
type consumerMetrics struct {
	delay       *prometheus.HistogramVec
	lag         *prometheus.GaugeVec
	deadLetters prometheus.Gauge
}

func newConsumerMetrics() consumerMetrics {
	return consumerMetrics{
		delay: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "propusk_event_delay_seconds",
			Help: "From an event's commit at its producer to the end of its handling here.",
			// 0.25 is the target; the steps around it are narrow enough to tell how far it is.
			Buckets: []float64{
				.001, .0025, .005, .0075, .01, .015, .02, .03, .04, .05, .075, .1, .15, .2, .25, .3, .4, .5, .75, 1, 2.5, 5, 10, 60, 600,
			},
		}, []string{"producer"}),
		lag: gauge("propusk_consumer_lag", "Events of a stream that are not handled yet.", "stream"),
		deadLetters: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "propusk_dead_letters", Help: "Events that could not be handled and wait for an operator.",
		}),
	}
}

func (m consumerMetrics) register(r prometheus.Registerer) error {
	return register(r, m.delay, m.lag, m.deadLetters)
}

func gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
}

func register(r prometheus.Registerer, collectors ...prometheus.Collector) error {
	for _, c := range collectors {
		if err := r.Register(c); err != nil {
			return err
		}
	}
	return nil
}
