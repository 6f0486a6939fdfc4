package events

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// measureEvery is how often a consumer looks how far behind it is.
const measureEvery = 30 * time.Second

// Measure has the consumer's metrics reported: how late and how many events are, and how many are dead letters.
func (c *Consumer) Measure(metrics prometheus.Registerer) error { return c.metrics.register(metrics) }

func (c *Consumer) measure(ctx context.Context) {
	for ctx.Err() == nil {
		c.measureOnce(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(measureEvery):
		}
	}
}

// measureOnce leaves what cannot be known as it was: who is away is seen by other metrics.
func (c *Consumer) measureOnce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	var letters float64
	err := c.Pool.QueryRow(ctx, `SELECT count(*)::float8 FROM dead_letters WHERE consumer = $1`, c.Service).Scan(&letters)
	if err == nil {
		c.metrics.deadLetters.Set(letters)
	}
	c.receiving.Range(func(name, _ any) bool {
		stream, _ := name.(string)
		if consumer, err := c.JS.Consumer(ctx, stream, c.Service); err == nil {
			info := consumer.CachedInfo()
			c.metrics.lag.WithLabelValues(stream).Set(float64(info.NumPending) + float64(info.NumAckPending))
		}
		return true
	})
}
