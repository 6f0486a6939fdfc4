package minimal

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"

	"github.com/propusk-id/propusk/pkg/secret"
)

// Variable names the environment variable that holds the options as JSON: a program in which it is set is this server.
const Variable = "BENCH_MINIMAL"

// Options say on what the server runs.
type Options struct {
	DatabaseURL, RedisURL string
	// Listen is the address to serve HTTP at.
	Listen string
	// Dir is where the keys are kept.
	Dir string
	// SMS is the URL that text messages are posted to.
	SMS string
	// ClientHash is the SHA-256 of the one client's secret.
	ClientHash []byte
}

// The one client, and where it gets its codes.
const (
	ClientID    = "partner"
	RedirectURI = "http://127.0.0.1/callback"
)

// CollectAt has the collector run as rarely as the platform's: a hash takes 19 MiB.
const CollectAt = 400

// The connections to Postgres, as many as the platform's services have.
const connections = 16

// Wanted says whether this process is to be the server.
func Wanted() bool { return os.Getenv(Variable) != "" }

// Run serves until the context ends.
func Run(ctx context.Context) error {
	var o Options
	if err := json.Unmarshal([]byte(os.Getenv(Variable)), &o); err != nil {
		return err
	}
	debug.SetGCPercent(CollectAt)
	s, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer s.pool.Close()
	defer func() { _ = s.redis.Close() }()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return err
	}
	h := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = h.Close() })
	defer stop()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// server is the whole of it.
type server struct {
	Options
	pool   *pgxpool.Pool
	redis  *redis.Client
	keys   *secret.Keys
	signer signer
	// hashing is taken for each hash: as many at once as there are cores.
	hashing chan struct{}
	sms     *http.Client
}

//go:embed schema.sql
var schema string

func open(ctx context.Context, o Options) (*server, error) {
	s := &server{
		Options: o, hashing: make(chan struct{}, runtime.GOMAXPROCS(0)),
		sms: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}},
	}
	config, err := pgxpool.ParseConfig(o.DatabaseURL)
	if err != nil {
		return nil, err
	}
	config.MaxConns = connections
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, err
	}
	if _, err := s.pool.Exec(ctx, schema); err != nil {
		return nil, err
	}
	at, err := redis.ParseURL(o.RedisURL)
	if err != nil {
		return nil, err
	}
	s.redis = redis.NewClient(at)
	if s.keys, err = loadKeys(o.Dir); err != nil {
		return nil, err
	}
	s.signer, err = s.loadSigner(ctx)
	return s, err
}

func (s *server) handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /ready", func(http.ResponseWriter, *http.Request) {})
	m.HandleFunc("POST /accounts", s.createAccount)
	m.HandleFunc("POST /sessions", s.signIn)
	m.HandleFunc("GET /oauth2/authorize", s.authorize)
	m.HandleFunc("POST /oauth2/token", s.token)
	m.HandleFunc("GET /oauth2/userinfo", s.userinfo)
	m.HandleFunc("POST /registrations", s.register)
	m.HandleFunc("POST /registrations/{id}/verify", s.verify)
	return m
}

func answer(rw http.ResponseWriter, fields map[string]any) {
	body, err := json.Marshal(fields)
	if err != nil {
		refuse(rw, http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Cache-Control", "no-store")
	_, _ = rw.Write(body) // a reader who has gone away
}

// refuse answers without details: nobody reads them.
func refuse(rw http.ResponseWriter, status int) { http.Error(rw, http.StatusText(status), status) }

// read reads a body of at most 16 kB.
func read(rw http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(rw, r.Body, 1<<14)).Decode(into); err != nil {
		refuse(rw, http.StatusBadRequest)
		return false
	}
	return true
}
