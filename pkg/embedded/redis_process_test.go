//go:build unix

package embedded

import (
	"net/url"
	"os"
	"strings"
	"testing"
)

func startRealRedis(t *testing.T, dir string) *RedisProcess {
	t.Helper()
	r, err := RealRedis(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func TestRealRedisLosesAllWhenKilled(t *testing.T) {
	r := startRealRedis(t, "")
	c := redisClient(t, r.URL())
	if err := c.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	r.Kill()
	if r.answers() {
		t.Error("it answers after Kill")
	}
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if exists(t, c, "k") {
		t.Error("the key outlived the server")
	}
}

func TestRealRedisIsPrivate(t *testing.T) {
	r := startRealRedis(t, t.TempDir())
	c := redisClient(t, r.URL())
	config, err := c.ConfigGet(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	if config["maxmemory"] != "268435456" || config["maxmemory-policy"] != "noeviction" {
		t.Errorf("maxmemory %q, policy %q", config["maxmemory"], config["maxmemory-policy"])
	}
	if config["port"] != "0" || config["save"] != "" || config["appendonly"] != "no" {
		t.Errorf("port %q, save %q, appendonly %q", config["port"], config["save"], config["appendonly"])
	}
	info, err := os.Stat(r.socket())
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's mode is %v", info.Mode())
	}
	if err := c.FlushAll(t.Context()).Err(); err != nil {
		t.Error(err)
	}
	if err := r.Start(t.Context()); err == nil {
		t.Error("started twice")
	}
}

func TestRealRedisEndsWithItsProcess(t *testing.T) {
	dir := t.TempDir()
	_, kill := startHelper(t, "redis:"+dir)
	r := &RedisProcess{dir: dir}
	if !r.answers() {
		t.Fatal("it does not answer")
	}
	kill()
	eventually(t, "redis-server ended", func() bool { return !r.answers() })
}

func TestRealRedisRefusesALongPath(t *testing.T) {
	_, err := RealRedis(t.Context(), t.TempDir()+"/"+strings.Repeat("long", 30))
	wantError(t, err, "shorter directory")
}

func TestRealRedisStopRemovesItsDirectory(t *testing.T) {
	r := startRealRedis(t, "")
	if u, err := url.Parse(r.URL()); err != nil || u.Path != r.socket() {
		t.Errorf("URL %s: %v", r.URL(), err)
	}
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(r.dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", r.dir, err)
	}
}
