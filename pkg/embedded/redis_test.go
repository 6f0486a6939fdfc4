package embedded

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func redisClient(t *testing.T, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func startRedis(t *testing.T) *RedisServer {
	t.Helper()
	s, err := Redis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func exists(t *testing.T, c *redis.Client, key string) bool {
	t.Helper()
	n, err := c.Exists(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	return n == 1
}

func TestRedisKeyDiesByTheRealClock(t *testing.T) {
	c := redisClient(t, startRedis(t).URL())
	if err := c.Set(t.Context(), "code", "1234", 30*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the key expired", func() bool { return !exists(t, c, "code") })
}

func TestRedisCodeDiesAt300Seconds(t *testing.T) {
	s := startRedis(t)
	s.close() // the test moves the clock
	c := redisClient(t, s.URL())
	start := time.Now()
	s.mini.SetTime(start)
	if err := c.Set(t.Context(), "code", "1234", 300*time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	s.mini.SetTime(start.Add(299 * time.Second))
	if !exists(t, c, "code") {
		t.Error("dead at 299 s")
	}
	s.mini.SetTime(start.Add(300 * time.Second))
	if exists(t, c, "code") {
		t.Error("alive at 300 s")
	}
}

// TestRedisCommandsCostTheSameWhateverItHolds: one that walked all keys would cost a hundred times more.
func TestRedisCommandsCostTheSameWhateverItHolds(t *testing.T) {
	s := startRedis(t)
	s.close() // the clock stands still, as it does between its ticks
	c := redisClient(t, s.URL())
	const commands = 200
	spent := func() time.Duration {
		begin := time.Now()
		for range commands {
			if err := c.Set(t.Context(), "one", "v", time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
		}
		return time.Since(begin)
	}
	empty := spent()
	for i := range 30 {
		p := c.Pipeline()
		for j := range 1000 {
			p.Set(t.Context(), fmt.Sprintf("key-%d-%d", i, j), "v", time.Hour)
		}
		if _, err := p.Exec(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if full := min(spent(), spent(), spent()); full > 40*empty {
		t.Errorf("%d commands take %s with 30000 keys, %s with none", commands, full, empty)
	}
}

func TestRedisAsksForItsPassword(t *testing.T) {
	stranger := redisClient(t, "redis://"+startRedis(t).Addr())
	wantError(t, stranger.Ping(t.Context()).Err(), "NOAUTH")
}
