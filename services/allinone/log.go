package allinone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
)

// logTarget is where the log goes.
type logTarget string

const (
	logToFile   logTarget = "file"
	logToStderr logTarget = "stderr"
)

const (
	logFile     = "propusk.log"
	lastLogFile = "propusk.log.1"
)

func (t logTarget) check() error {
	if t == logToFile || t == logToStderr {
		return nil
	}
	return fmt.Errorf("PROPUSK_LOG is %q: set it to file or stderr", string(t))
}

// openLog begins the run's log and keeps the last run's. Call it when the data directory is locked.
func (s *settings) openLog(stderr io.Writer) (*slog.Logger, func(), error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.shared.LogLevel)); err != nil {
		return nil, nil, fmt.Errorf("PROPUSK_LOG_LEVEL is %q: set it to debug, info, warn or error", s.shared.LogLevel)
	}
	o := &slog.HandlerOptions{Level: level}
	if s.own.Log == logToStderr {
		return slog.New(slog.NewJSONHandler(stderr, o)), func() {}, nil
	}
	if err := os.Rename(s.path(logFile), s.path(lastLogFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	f, err := os.OpenFile(s.path(logFile), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	both := slog.NewMultiHandler(slog.NewJSONHandler(f, o), terminalHandler{w: stderr, level: slog.LevelWarn})
	return slog.New(both), func() { _ = f.Close() }, nil
}

// terminalHandler writes one short line for each thing that a person at the terminal should know.
type terminalHandler struct {
	w     io.Writer
	level slog.Level
	attrs []slog.Attr
}

// Enabled drops what is below the level.
func (h terminalHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level }

// Handle writes the message and its attributes.
func (h terminalHandler) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	if r.Level >= slog.LevelWarn {
		b.WriteString(strings.ToLower(r.Level.String()) + ": ")
	}
	b.WriteString(r.Message)
	add := func(a slog.Attr) bool {
		fmt.Fprintf(&b, " %s=%v", a.Key, a.Value)
		return true
	}
	for _, a := range h.attrs {
		add(a)
	}
	r.Attrs(add)
	_, err := io.WriteString(h.w, b.String()+"\n")
	return err
}

// WithAttrs adds attributes to every line.
func (h terminalHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	h.attrs = append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)
	return h
}

// WithGroup changes nothing: a line is short enough to do without groups.
func (h terminalHandler) WithGroup(string) slog.Handler { return h }
