package embedded

import (
	"cmp"
	"fmt"
	"log/slog"
)

// natsLog hands nats-server's log to slog. The server reports what keeps it
// from starting only here, as a fatal line, so the first of those is kept.
type natsLog struct {
	log   *slog.Logger
	fatal chan string
}

func newNATSLog(log *slog.Logger) *natsLog {
	return &natsLog{log: orDiscard(log).With("component", "nats"), fatal: make(chan string, 1)}
}

func (l *natsLog) Fatalf(format string, v ...any) {
	select {
	case l.fatal <- fmt.Sprintf(format, v...):
	default: // a reason is known already
	}
	l.Errorf(format, v...)
}

// Noticef is the server's banner and start-up chatter: of use only when debugging.
func (l *natsLog) Noticef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }

func (l *natsLog) Warnf(format string, v ...any)  { l.log.Warn(fmt.Sprintf(format, v...)) }
func (l *natsLog) Errorf(format string, v ...any) { l.log.Error(fmt.Sprintf(format, v...)) }
func (l *natsLog) Debugf(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l *natsLog) Tracef(string, ...any)          {} // every message's bytes: never logged

func orDiscard(log *slog.Logger) *slog.Logger {
	return cmp.Or(log, slog.New(slog.DiscardHandler))
}
