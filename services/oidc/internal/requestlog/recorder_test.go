package requestlog

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// memory is a log that may fail.
type memory struct {
	mu      sync.Mutex
	written [][]domain.LoggedRequest
	err     error
}

func (m *memory) LogRequests(_ context.Context, list []domain.LoggedRequest) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		m.written = append(m.written, list)
	}
	return m.err
}

// writes is what was written, a list for each time.
func (m *memory) writes() [][]domain.LoggedRequest {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.written)
}

func recorder(t *testing.T, m *memory, perMinute int) *Recorder {
	t.Helper()
	r, err := NewRecorder(Options{
		Log: m, Errors: slog.New(slog.DiscardHandler), Every: time.Second, PerMinute: perMinute, Metrics: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func of(client string) domain.LoggedRequest {
	return domain.LoggedRequest{ClientID: client, Time: time.Now()}
}

func TestEntriesAreWrittenTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		r := recorder(t, m, 100)
		ctx, stop := context.WithCancel(t.Context())
		go func() { _ = r.Run(ctx) }()
		for range 5 {
			r.Add(of("agency"))
		}
		synctest.Wait()
		if len(m.writes()) != 0 {
			t.Error("the first did not wait for the others")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if w := m.writes(); len(w) != 1 || len(w[0]) != 5 {
			t.Errorf("written: %v", w)
		}
		r.Add(of("agency"))
		stop()
		synctest.Wait()
		if len(m.writes()) != 2 {
			t.Error("what waited at the end was lost")
		}
	})
}

func TestABusyClientLeavesRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		r := recorder(t, m, 3)
		for range 10 {
			r.Add(of("noisy"))
		}
		r.Add(of("quiet"))
		time.Sleep(time.Minute)
		r.Add(of("noisy"))
		list := r.take()
		if len(list) != 5 || list[4].Skipped != 7 || list[3].ClientID != "quiet" || testutil.ToFloat64(r.left) != 7 {
			t.Errorf("kept %+v, left out %v", list, testutil.ToFloat64(r.left))
		}
	})
}

func TestMemoryIsBounded(t *testing.T) {
	m := &memory{err: &pgconn.PgError{Code: "57P01"}}
	r := recorder(t, m, 1_000_000)
	for range maxWaiting + 5 {
		r.Add(of("agency"))
	}
	r.write(t.Context())
	r.Add(of("agency"))
	if n := len(r.waiting); n != maxWaiting {
		t.Errorf("%d wait while the store is away, want %d", n, maxWaiting)
	}
	if left := testutil.ToFloat64(r.left); left != 6 {
		t.Errorf("%v were counted as left out, want 6", left)
	}
	m.err = nil
	r.write(t.Context())
	if len(m.written) != 1 || len(r.waiting) != 0 {
		t.Error("what waited for the store was not written")
	}
}

// Entries that can never be written do not keep others from being written.
func TestWhatCannotBeWrittenIsGivenUp(t *testing.T) {
	m := &memory{err: errors.New("no such column")}
	r := recorder(t, m, 100)
	r.Add(of("agency"))
	r.write(t.Context())
	if len(r.waiting) != 0 || testutil.ToFloat64(r.left) != 1 {
		t.Errorf("%d wait, %v left out", len(r.waiting), testutil.ToFloat64(r.left))
	}
}
