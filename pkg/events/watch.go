package events

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// watchEvery is how often a producer asks how full its streams are, and watchFailing while something is wrong.
	watchEvery   = 30 * time.Second
	watchFailing = 2 * time.Second
)

// watch asks the server about the service's own streams.
func (p *Publisher) watch(ctx context.Context) {
	for asked := 0; ctx.Err() == nil; asked++ {
		for _, l := range p.lanes() {
			if asked%int(watchEvery/watchFailing) == 0 || l.heldUp() || l.isWarnedOf() {
				p.look(ctx, l)
			}
			p.show(l)
		}
		select {
		case <-ctx.Done():
		case <-time.After(watchFailing):
		}
	}
}

// show logs what changed in the lane's state.
func (p *Publisher) show(l *lane) {
	now := time.Now() //nolint:forbidigo // real time, see send
	p.metrics.failing.WithLabelValues(l.stream).Set(l.failingFor(now).Seconds())
	warning, changed := l.changed(now)
	switch {
	case !changed:
	case warning == "":
		p.log.Info("events are published again", "stream", l.stream)
	default:
		p.log.Warn(warning)
	}
}

// look leaves what it cannot find out as it was.
func (p *Publisher) look(ctx context.Context, l *lane) {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	js, err := p.link.jetStream()
	if err != nil {
		return
	}
	stream, err := js.Stream(ctx, l.stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		l.setState(0, true)
		return
	}
	if err != nil {
		return
	}
	info := stream.CachedInfo()
	fill := 0.0
	if limit := info.Config.MaxBytes; limit > 0 {
		fill = float64(info.State.Bytes) / float64(limit)
	}
	l.setState(fill, false)
	p.metrics.fill.WithLabelValues(l.stream).Set(fill)
	p.metrics.bytes.WithLabelValues(l.stream).Set(float64(info.State.Bytes))
}

// Warnings are what an operator should know of the service's events, in words; none: all is well. A service that
// cannot publish still works: its events are late.
func (p *Publisher) Warnings() []string {
	var out []string
	for _, l := range p.lanes() {
		if w := l.warning(time.Now()); w != "" { //nolint:forbidigo // real time, see send
			out = append(out, w)
		}
	}
	return out
}
