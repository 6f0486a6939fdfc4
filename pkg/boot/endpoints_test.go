package boot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// nameServer answers with what it knows, when it is let.
type nameServer struct {
	asked atomic.Int32
	hang  atomic.Bool
	away  atomic.Bool
}

func (n *nameServer) lookup(ctx context.Context, _ string) ([]string, error) {
	n.asked.Add(1)
	if n.hang.Load() {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if n.away.Load() {
		return nil, errors.New("no name server")
	}
	return []string{"10.0.0.2", "10.0.0.1"}, nil
}

// TestAHangingNameServerHoldsNobodyUp once replicas are known: they are looked up beside the calls, by one of them.
func TestAHangingNameServerHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &nameServer{}
		e := &endpoints{lookup: server.lookup, address: "otp:1", now: time.Now}
		want := []string{"10.0.0.1:1", "10.0.0.2:1"}
		if got, err := e.get(t.Context()); err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v, %v", got, err)
		}
		server.hang.Store(true)
		time.Sleep(lookupInterval)
		for range 3 {
			begin := time.Now()
			var calls sync.WaitGroup
			for range 10 {
				calls.Go(func() {
					if got, err := e.get(t.Context()); err != nil || !slices.Equal(got, want) {
						t.Errorf("%v, %v", got, err)
					}
				})
			}
			calls.Wait()
			if waited := time.Since(begin); waited > 0 {
				t.Errorf("calls waited %v", waited)
			}
		}
		synctest.Wait()
		if n := server.asked.Load(); n != 2 {
			t.Errorf("the name server was asked %d times, want twice", n)
		}
		time.Sleep(lookupTimeout)
	})
}

// TestTheFirstLookUpIsWaitedFor by all, and so is the next after every replica was left out.
func TestTheFirstLookUpIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &nameServer{}
		server.away.Store(true)
		e := &endpoints{lookup: server.lookup, address: "otp:1", now: time.Now}
		if _, err := e.get(t.Context()); err == nil {
			t.Error("replicas of which nobody knows")
		}
		server.away.Store(false)
		time.Sleep(lookupPause)
		var calls sync.WaitGroup
		for range 10 {
			calls.Go(func() {
				if got, err := e.get(t.Context()); err != nil || len(got) != 2 {
					t.Errorf("%v, %v", got, err)
				}
			})
		}
		calls.Wait()
		if n := server.asked.Load(); n != 2 {
			t.Errorf("the name server was asked %d times, want twice", n)
		}
		e.leaveOut("10.0.0.1:1")
		e.leaveOut("10.0.0.2:1")
		time.Sleep(lookupPause)
		if got, err := e.get(t.Context()); err != nil || len(got) != 2 {
			t.Errorf("after all were left out: %v, %v", got, err)
		}
	})
}
