package bench

import (
	"bufio"
	"context"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
)

// delays are how many events were handled within each of the histogram's bounds, in seconds, by all consumers.
type delays map[float64]float64

var delayBucket = regexp.MustCompile(`^propusk_event_delay_seconds_bucket\{.*le="([^"]+)".*\} (\S+)$`)

// readDelays reads propusk_event_delay_seconds from the management port.
func (w *world) readDelays(ctx context.Context) (d delays, err error) {
	return d, w.readMetrics(ctx, func(r io.Reader) (err error) {
		d, err = parseDelays(r)
		return err
	})
}

func parseDelays(r io.Reader) (delays, error) {
	out := delays{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		m := delayBucket.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		bound, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return nil, err
		}
		n, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return nil, err
		}
		out[bound] += n
	}
	return out, lines.Err()
}

func (d delays) since(before delays) delays {
	out := delays{}
	for bound, n := range d {
		out[bound] = n - before[bound]
	}
	return out
}

func (d delays) count() float64 { return d[math.Inf(1)] }

// within is the share of events that were handled in at most as many seconds; it must be one of the bounds.
func (d delays) within(seconds float64) float64 { return d[seconds] / d.count() }

// quantile in seconds, interpolated linearly between two bounds.
func (d delays) quantile(q float64) float64 {
	want, below, under := q*d.count(), 0.0, 0.0
	for _, bound := range slices.Sorted(maps.Keys(d)) {
		if n := d[bound]; n >= want {
			if math.IsInf(bound, 1) || n == under {
				return below
			}
			return below + (bound-below)*(want-under)/(n-under)
		}
		below, under = bound, d[bound]
	}
	return below
}
