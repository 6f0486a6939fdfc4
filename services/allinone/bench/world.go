package bench

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/propusk-id/propusk/pkg/secret"
)

// world is one installation: the platform in a process of its own, as with `make run`, except for a real Redis. Postgres
// commits to the disk, and so do the streams of the embedded NATS.
type world struct {
	stores
	program
	options Options
	dir     string
	url     string
	// management is the origin of the platform's management port.
	management string
	http       *http.Client
	// clientSecret is that of the partner.
	clientSecret string
	people       []*person
	// next is the number of the next phone.
	next int
	// counted is the state of Postgres's counters after the last case, as long as nothing has happened since.
	counted *statements
	// idle is what the idle platform has Postgres do in a second.
	idle statements
	// floor is the minimal server, once a case has needed it.
	floor *minimalServer
}

func newWorld(ctx context.Context, o Options) (w *world, err error) {
	w = &world{options: o, http: newClient(), clientSecret: secret.NewToken().Reveal()}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.dir, err = os.MkdirTemp("", "propusk-bench-"); err != nil {
		return w, err
	}
	for _, start := range []func(context.Context) error{w.stores.start, w.startServer, w.registerPartner} {
		if err := start(ctx); err != nil {
			return w, err
		}
	}
	return w, nil
}

func newClient() *http.Client {
	t := &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}
	return &http.Client{Transport: t, Timeout: patience}
}

// startServer starts the platform and waits until it is ready. Its limits per address are a sandbox's.
func (w *world) startServer(ctx context.Context) error {
	public, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	management, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	w.url, w.management = "http://"+public, "http://"+management
	server := exec.Command(w.options.Server) //nolint:noctx // it is stopped in order
	server.Env = append(withoutOwn(os.Environ()),
		"PROPUSK_ENV=sandbox", "PROPUSK_DATA_DIR="+filepath.Join(w.dir, "var"), "DATABASE_URL="+w.postgres.URL(),
		"REDIS_URL="+w.redis.URL(), "PROPUSK_GATEWAY_LISTEN="+public, "PUBLIC_URL="+w.url,
		"PROPUSK_MANAGEMENT_LISTEN="+management, "PROPUSK_PROFILING=true", "PROPUSK_OTP_SENDS_ALTOGETHER=10000000",
		"PROPUSK_OTP_RESEND_AFTER=0s")
	server.Stdout, server.Stderr = io.Discard, os.Stderr
	if err := w.program.start(server); err != nil {
		return err
	}
	w.pids.server = server.Process.Pid
	return w.awaitReady(ctx, w.http, w.management+"/readyz")
}

// withoutOwn leaves out what would configure the platform differently from `make run`, except for its tuning.
func withoutOwn(environ []string) []string {
	var out []string
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if name != "DATABASE_URL" && name != "REDIS_URL" && name != "NATS_URL" && name != "PUBLIC_URL" {
			out = append(out, v)
		}
	}
	return out
}

// close stops everything and removes what it left.
func (w *world) close() error {
	var failed error
	if w.floor != nil {
		failed = w.floor.close()
	}
	return errors.Join(failed, w.program.stop(), w.stores.stop(), os.RemoveAll(w.dir))
}
