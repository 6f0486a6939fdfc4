package boot

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/pg"
	"github.com/propusk-id/propusk/pkg/secret"
)

// Environment is what an installation is for.
type Environment string

// The environments. A sandbox has the virtual phone and the simulated registries, and is never public.
const (
	Sandbox    Environment = "sandbox"
	Production Environment = "production"
)

// Pooler is what stands between services and Postgres.
type Pooler string

// The poolers. One that lends a session for as long as a client is connected is like none.
const (
	NoPooler          Pooler = ""
	TransactionPooler Pooler = "transaction"
)

// Config is what all services of an installation share.
type Config struct {
	Environment Environment `env:"PROPUSK_ENV" envDefault:"production"`
	// PublicURL is where people and partners reach the installation.
	PublicURL string `env:"PUBLIC_URL" envDefault:"http://localhost:8080"`
	// InternalURL is where servers inside the installation reach the public endpoints; empty: PublicURL.
	InternalURL string `env:"INTERNAL_URL"`
	// SandboxHost allows a sandbox under a PUBLIC_URL that is not loopback: its host, spelled out.
	SandboxHost string `env:"PROPUSK_SANDBOX_HOST"`
	// SupportPhone and SupportEmail are where people reach the operator's support, the hours when, in both languages. Pages
	// and messages speak of support only where there is one.
	SupportPhone   string `env:"PROPUSK_SUPPORT_PHONE"`
	SupportEmail   string `env:"PROPUSK_SUPPORT_EMAIL"`
	SupportHoursRu string `env:"PROPUSK_SUPPORT_HOURS_RU"`
	SupportHoursEn string `env:"PROPUSK_SUPPORT_HOURS_EN"`

	// Installation tells this installation from others on the same PostgreSQL server: its roles begin with it.
	Installation string `env:"PROPUSK_INSTALLATION" envDefault:"propusk"`

	DatabaseURL      secret.String `env:"DATABASE_URL"`
	DatabasePassword secret.String `env:"DATABASE_PASSWORD"`
	// DatabaseAdminURL is where migrations and backups connect as administrator; empty: DatabaseURL. It is needed
	// where DatabaseURL is a pooler's.
	DatabaseAdminURL secret.String `env:"DATABASE_ADMIN_URL"`
	// DatabasePooler says that DatabaseURL is a pooler's, such as PgBouncer, and how long it lends a session.
	DatabasePooler Pooler        `env:"PROPUSK_DATABASE_POOLER"`
	RedisURL       secret.String `env:"REDIS_URL"`
	NATSURL        secret.String `env:"NATS_URL"`

	// SecretsDir holds this service's certificate, key set and passwords.
	SecretsDir string `env:"PROPUSK_SECRETS_DIR" envDefault:"/run/propusk"`
	// KEK unwraps the key sets of all services: 32 bytes in base64. Empty: each service's own, beside its key set.
	KEK secret.String `env:"PROPUSK_KEK"`
	// Listen is the address of the service's gRPC port; HTTP for the gateway is one port above.
	Listen string `env:"PROPUSK_LISTEN" envDefault:":9000"`
	// ManagementListen is the address of /healthz, /readyz and /metrics.
	ManagementListen string `env:"PROPUSK_MANAGEMENT_LISTEN" envDefault:":9090"`
	// ShutdownDelay is how long the process goes on serving, not ready, after it is told to stop.
	ShutdownDelay time.Duration `env:"PROPUSK_SHUTDOWN_DELAY" envDefault:"0s" range:"0s..1m"`
	// Peers overrides where services are found, by name; default <service>:9000.
	Peers map[string]string `env:"PROPUSK_PEERS" envKeyValSeparator:"="`
	// PoolSize is the largest number of database connections of one service.
	PoolSize int32 `env:"PROPUSK_POOL_SIZE" envDefault:"8" range:"2..1000"`
	// EventFactsBytes and EventFactsAge are how large the stream of a service's facts may grow and how long it keeps
	// them; EventRecordsBytes and EventRecordsAge the same of its records, which only audit wants.
	EventFactsBytes   int64         `env:"PROPUSK_EVENTS_FACTS_BYTES" envDefault:"536870912" range:"1048576..1099511627776"`
	EventFactsAge     time.Duration `env:"PROPUSK_EVENTS_FACTS_AGE" envDefault:"720h" range:"1h..1920h"`
	EventRecordsBytes int64         `env:"PROPUSK_EVENTS_RECORDS_BYTES" envDefault:"1073741824" range:"1048576..1099511627776"`
	EventRecordsAge   time.Duration `env:"PROPUSK_EVENTS_RECORDS_AGE" envDefault:"720h" range:"1h..1920h"`
	// Profiling serves /debug/pprof/ on the management port. A heap's profile tells sizes, not contents.
	Profiling bool `env:"PROPUSK_PROFILING" envDefault:"false"`
	// LogLevel is debug, info, warn or error.
	LogLevel string `env:"PROPUSK_LOG_LEVEL" envDefault:"info"`
}

func loadConfig(vars env.Vars, services []Service, more ...env.Section) (Config, error) {
	var c Config
	if err := vars.Fill("", &c); err != nil {
		return c, err
	}
	sections := append([]env.Section{{Config: Config{}}}, more...)
	for _, s := range services {
		sections = append(sections, s.Section())
	}
	if err := vars.Check(sections...); err != nil {
		return c, err
	}
	return c, c.check()
}

// check refuses combinations that cannot work, in words that say what to do.
func (c *Config) check() error {
	u, err := url.Parse(c.PublicURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fmt.Errorf("PUBLIC_URL %q is not a URL: set it like https://id.example.ru", c.PublicURL)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("PUBLIC_URL %q must end after the host: pages and protocols have fixed paths", c.PublicURL)
	}
	c.PublicURL = u.Scheme + "://" + u.Host
	if err := c.eventLimits().Check(); err != nil {
		return err
	}
	c.InternalURL = strings.TrimRight(c.InternalURL, "/")
	if c.InternalURL == "" {
		c.InternalURL = c.PublicURL
	}
	return errors.Join(c.checkEnvironment(u), c.checkDatabase(), c.checkSupport())
}

func (c *Config) checkDatabase() error {
	if c.DatabasePooler != NoPooler && c.DatabasePooler != TransactionPooler {
		return fmt.Errorf("PROPUSK_DATABASE_POOLER is %q: set it to transaction, or leave it out", c.DatabasePooler)
	}
	return pg.CheckInstallation(c.Installation)
}

// AdminDatabase is the installation's database for migrations and backups.
func (c *Config) AdminDatabase() pg.Database {
	u := c.DatabaseURL
	if !c.DatabaseAdminURL.IsZero() {
		u = c.DatabaseAdminURL
	}
	return pg.Database{AdminURL: u.Reveal(), Installation: c.Installation}
}

func (c *Config) eventLimits() events.Limits {
	return events.Limits{
		FactsBytes: c.EventFactsBytes, FactsAge: c.EventFactsAge, RecordsBytes: c.EventRecordsBytes, RecordsAge: c.EventRecordsAge,
	}
}

func (c *Config) checkEnvironment(public *url.URL) error {
	host := public.Hostname()
	switch c.Environment {
	case Sandbox:
		if !IsLoopback(host) && host != c.SandboxHost {
			return fmt.Errorf("a sandbox shows every message to everybody, and PUBLIC_URL is on %s: use a loopback "+
				"address, or set PROPUSK_SANDBOX_HOST=%s if that is meant", host, host)
		}
	case Production:
		if public.Scheme != "https" && !IsLoopback(host) {
			return fmt.Errorf("PUBLIC_URL %s must begin with https:// in production", c.PublicURL)
		}
	default:
		return fmt.Errorf("PROPUSK_ENV is %q: set it to sandbox or production", c.Environment)
	}
	return nil
}

// IsLoopback says whether a host is this machine for itself.
func IsLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
