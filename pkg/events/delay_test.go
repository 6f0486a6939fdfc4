package events

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestDelayIsMeasured(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := NewConsumer("audit", nil, nil, nil, func() time.Time { return now })
	c.observe(Delivery{Producer: "otp", Time: now}, now) // nobody measures: nothing happens

	registry := prometheus.NewRegistry()
	if err := c.Measure(registry); err != nil {
		t.Fatal(err)
	}
	for _, late := range []time.Duration{200 * time.Millisecond, 2 * time.Second} {
		c.observe(Delivery{Producer: "otp", Time: now.Add(-late)}, now)
	}
	families, err := registry.Gather()
	if err != nil || len(families) != 1 || len(families[0].GetMetric()) != 1 {
		t.Fatalf("%v, %v", families, err)
	}
	m := families[0].GetMetric()[0]
	if l := m.GetLabel()[0]; l.GetName() != "producer" || l.GetValue() != "otp" {
		t.Errorf("label %v", l)
	}
	inTime := map[float64]uint64{}
	for _, b := range m.GetHistogram().GetBucket() {
		inTime[b.GetUpperBound()] = b.GetCumulativeCount()
	}
	if inTime[0.15] != 0 || inTime[0.25] != 1 || inTime[2.5] != 2 || m.GetHistogram().GetSampleSum() != 2.2 {
		t.Errorf("buckets %v", inTime)
	}
	if err := c.Measure(registry); err == nil {
		t.Error("measured twice")
	}
}
