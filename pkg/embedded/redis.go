package embedded

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// RedisServer is a Redis inside this process. It keeps nothing on disk.
type RedisServer struct {
	mini     *miniredis.Miniredis
	password string
	close    func()
}

// redisTick is how far its clock goes at a time. It walks all keys when the clock has moved and never else: with the
// system's clock it would do so at every command.
const redisTick = time.Second

// Redis starts a Redis inside this process, on a free port of the loopback
// interface. The port is open to every user of the machine, so a fresh password
// guards it: use URL.
func Redis() (*RedisServer, error) {
	s := &RedisServer{mini: miniredis.NewMiniRedis(), password: rand.Text()}
	s.mini.RequireAuth(s.password)
	s.mini.SetTime(time.Now())
	// Without this a time to live moves only when a test moves it by hand.
	s.mini.ClockTTL(true)
	if err := s.mini.Start(); err != nil {
		return nil, fmt.Errorf("starting the embedded Redis: %w", err)
	}
	s.close = s.keepTime()
	return s, nil
}

// keepTime moves the clock until the function that it returns is called.
func (s *RedisServer) keepTime() func() {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(redisTick)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				s.mini.SetTime(now)
			case <-stop:
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(stop); <-stopped })
}

// Addr returns host:port.
func (s *RedisServer) Addr() string { return s.mini.Addr() }

// URL returns the address with its password, as go-redis's ParseURL reads it.
func (s *RedisServer) URL() string {
	u := url.URL{Scheme: "redis", User: url.UserPassword("", s.password), Host: s.Addr(), Path: "/0"}
	return u.String()
}

// Close stops the server and forgets its data. It may be called twice.
func (s *RedisServer) Close() {
	s.close()
	s.mini.Close()
}
