// Package account keeps accounts, their levels, credentials and sessions.
package account

import (
	"context"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/idempotency"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/account/internal/api"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/hashing"
	"github.com/propusk-id/propusk/services/account/internal/jobs"
	"github.com/propusk-id/propusk/services/account/internal/password"
	"github.com/propusk-id/propusk/services/account/internal/picture"
	"github.com/propusk-id/propusk/services/account/internal/places"
	"github.com/propusk-id/propusk/services/account/internal/store"
	"github.com/propusk-id/propusk/services/account/migrations"
)

// Config is read from PROPUSK_ACCOUNT_* variables.
type Config struct {
	// PasswordPolicy is gu or nist.
	PasswordPolicy string `env:"PASSWORD_POLICY" envDefault:"gu"`
	// HashWorkers is how many passwords are hashed at once; 0: one per core.
	HashWorkers  int           `env:"HASH_WORKERS" envDefault:"0" range:"0..256"`
	HashQueue    int           `env:"HASH_QUEUE" envDefault:"50" range:"1..100000"`
	HashPatience time.Duration `env:"HASH_PATIENCE" envDefault:"5s" range:"100ms..10m"`

	RESTSessionLife  time.Duration `env:"REST_SESSION_LIFE" envDefault:"24h" range:"1m..8760h"`
	RESTSessionIdle  time.Duration `env:"REST_SESSION_IDLE" envDefault:"1h" range:"1m..8760h"`
	PagesSessionLife time.Duration `env:"PAGES_SESSION_LIFE" envDefault:"24h" range:"1m..8760h"`
	PagesSessionIdle time.Duration `env:"PAGES_SESSION_IDLE" envDefault:"1h" range:"1m..8760h"`

	// What wrong passwords cost at one account from one address…
	FreeFailures  int           `env:"FREE_FAILURES" envDefault:"5" range:"1..1000"`
	MaxFailures   int           `env:"MAX_FAILURES" envDefault:"50" range:"1..10000"`
	FailureWindow time.Duration `env:"FAILURE_WINDOW" envDefault:"12h" range:"1m..8760h"`
	FirstDelay    time.Duration `env:"FIRST_DELAY" envDefault:"30s" range:"1s..24h"`
	MaxDelay      time.Duration `env:"MAX_DELAY" envDefault:"1h" range:"1s..720h"`
	DelayGrowth   float64       `env:"DELAY_GROWTH" envDefault:"1.1" range:"1..10"`
	// …and from everywhere but the addresses that the holder has signed in from lately.
	AccountFreeFailures  int           `env:"ACCOUNT_FREE_FAILURES" envDefault:"100" range:"1..100000"`
	AccountFailureWindow time.Duration `env:"ACCOUNT_FAILURE_WINDOW" envDefault:"720h" range:"1m..8760h"`
	AddressKnownFor      time.Duration `env:"ADDRESS_KNOWN_FOR" envDefault:"720h" range:"0..8760h"`

	// Countries are the dialled country codes of the phones that an account may have.
	Countries []int `env:"COUNTRIES" envDefault:"7" range:"1..999"`
	// ContactLife is how long a contact waits to be proven. ContactDelay is how long a contact stays after it was to be changed, in a
	// confirmed account, and in any where no contact stays that it has had for as long.
	ContactLife    time.Duration `env:"CONTACT_LIFE" envDefault:"24h" range:"10m..168h"`
	ContactDelay   time.Duration `env:"CONTACT_DELAY" envDefault:"24h" range:"0..720h"`
	ContactsPerDay int           `env:"CONTACTS_PER_DAY" envDefault:"10" range:"1..1000"`
	// ClaimDelay is how long an account keeps a contact that somebody else has proven to have, ClaimLife for how long after
	// that it can be taken.
	ClaimDelay time.Duration `env:"CLAIM_DELAY" envDefault:"168h" range:"0..2160h"`
	ClaimLife  time.Duration `env:"CLAIM_LIFE" envDefault:"168h" range:"1h..2160h"`
	// Places is a file in MaxMind's format that says where network addresses are; empty: nobody is told.
	Places string `env:"PLACES"`
	// JobRetry is the pause after the first failed try of a job; it doubles up to ten minutes.
	JobRetry time.Duration `env:"JOB_RETRY" envDefault:"5s" range:"10ms..10m"`

	// SignInLife is how long a sign-in of several steps may take, RememberFor how long a device stands for a second factor.
	SignInLife  time.Duration `env:"SIGN_IN_LIFE" envDefault:"15m" range:"1m..24h"`
	RememberFor time.Duration `env:"REMEMBER_FOR" envDefault:"720h" range:"1h..8760h"`
	// What wrong codes of authenticator apps and wrong backup codes cost, in a row.
	FactorFailuresToLock    int           `env:"FACTOR_FAILURES_TO_LOCK" envDefault:"10" range:"1..1000"`
	FactorFailuresToDisable int           `env:"FACTOR_FAILURES_TO_DISABLE" envDefault:"100" range:"1..100000"`
	FactorLockFor           time.Duration `env:"FACTOR_LOCK_FOR" envDefault:"15m" range:"1s..720h"`
	// FactorPendingFor is how long a factor waits for its first proof.
	FactorPendingFor time.Duration `env:"FACTOR_PENDING_FOR" envDefault:"15m" range:"1m..24h"`
	Passkeys         int           `env:"PASSKEYS" envDefault:"10" range:"1..100"`
	// RecoveryLife is how long the steps of a recovery may take. RecoveryWait stands in for steps that an account cannot ask for,
	// RecoveryTrustWait for the code of a trusted contact who cannot be reached, and RecoveryOpenFor is for how long after it the
	// recovery can be completed.
	RecoveryLife      time.Duration `env:"RECOVERY_LIFE" envDefault:"1h" range:"5m..24h"`
	RecoveryWait      time.Duration `env:"RECOVERY_WAIT" envDefault:"24h" range:"1h..720h"`
	RecoveryTrustWait time.Duration `env:"RECOVERY_TRUST_WAIT" envDefault:"336h" range:"24h..1440h"`
	RecoveryOpenFor   time.Duration `env:"RECOVERY_OPEN_FOR" envDefault:"72h" range:"1h..720h"`
	// RecoveryContactAge is for how long an account must have had a contact that is to count beside another in a recovery.
	RecoveryContactAge time.Duration `env:"RECOVERY_CONTACT_AGE" envDefault:"72h" range:"0..720h"`
	// RecoveryStarts bounds those of one contact from one address in a day; of so many of a contact its person is told.
	RecoveryStarts int `env:"RECOVERY_STARTS" envDefault:"5" range:"1..1000"`
	RecoveryTold   int `env:"RECOVERY_TOLD" envDefault:"3" range:"1..100"`
	// TrustInviteLife is how long an invitation to be a trusted contact waits. TrustDelay is how long a trusted contact stays after the
	// person protected has ended it. TrustsPerDay is how many an account may invite, TrustTold how many it is told of.
	TrustInviteLife time.Duration `env:"TRUST_INVITE_LIFE" envDefault:"720h" range:"1h..8760h"`
	TrustDelay      time.Duration `env:"TRUST_DELAY" envDefault:"24h" range:"0..720h"`
	TrustsPerDay    int           `env:"TRUSTS_PER_DAY" envDefault:"5" range:"1..1000"`
	TrustTold       int           `env:"TRUST_TOLD" envDefault:"5" range:"1..100"`
	// PasskeyOrigins are front ends, beside the pages at PUBLIC_URL, that passkeys may be used at: https://app.example.ru under
	// the host of PUBLIC_URL.
	PasskeyOrigins []string `env:"PASSKEY_ORIGINS"`
}

// Service is account.
func Service() boot.Service {
	return boot.Service{
		Name: "account", Migrations: migrations.FS, Jobs: true, Config: Config{}, Run: run,
		Owns:  "login identifiers (phone, e-mail, SNILS), the passport claim, **the level**, passwords, second factors, devices, sessions",
		Emits: accounteventsv1.File_propusk_account_events_v1_events_proto,
		Calls: []string{"otp", "notification", "oidc", "profile"},
		REST: boot.Contracts(
			accountv1.File_propusk_account_v1_account_proto, accountv1.File_propusk_account_v1_sign_in_proto,
			accountv1.File_propusk_account_v1_second_factors_proto, accountv1.File_propusk_account_v1_contacts_proto,
			accountv1.File_propusk_account_v1_contact_claims_proto, accountv1.File_propusk_account_v1_recovery_proto,
			accountv1.File_propusk_account_v1_control_question_proto,
			accountv1.File_propusk_account_v1_devices_proto, accountv1.File_propusk_account_v1_settings_proto,
			accountv1.File_propusk_account_v1_trusted_contact_proto,
			accountv1.File_propusk_account_v1_avatar_proto,
		),
	}
}

func run(ctx context.Context, p *boot.Platform) error {
	var cfg Config
	if err := p.Config(&cfg); err != nil {
		return err
	}
	a, err := newApp(ctx, p, cfg)
	if err != nil {
		return err
	}
	if a.Store.Jobs, err = p.Jobs(a.Store.Pool(), jobs.Workers(a), cfg.backoff()); err != nil {
		return err
	}
	server, err := p.Server(api.Rules)
	if err != nil {
		return err
	}
	api.Register(server, a)
	return p.Serve(ctx)
}

func newApp(ctx context.Context, p *boot.Platform, cfg Config) (*app.App, error) {
	keys, err := p.Keys()
	if err != nil {
		return nil, err
	}
	pool, err := p.Postgres(ctx)
	if err != nil {
		return nil, err
	}
	outbox, err := p.Outbox(pool)
	if err != nil {
		return nil, err
	}
	policy, err := password.New(cfg.PasswordPolicy)
	if err != nil {
		return nil, err
	}
	hasher, err := hashing.New(hashing.RaiseGOMAXPROCS(cfg.hashing(p.Now)), p.Metrics)
	if err != nil {
		return nil, err
	}
	kinds, err := cfg.factors(p, keys)
	if err != nil {
		return nil, err
	}
	otp, err := boot.Client(p, "otp", otpv1.NewOTPServiceClient)
	if err != nil {
		return nil, err
	}
	notification, err := boot.Client(p, "notification", notificationv1.NewNotificationServiceClient)
	if err != nil {
		return nil, err
	}
	oidc, err := boot.Client(p, "oidc", oidcv1.NewOIDCServiceClient)
	if err != nil {
		return nil, err
	}
	profile, err := boot.Client(p, "profile", profilev1.NewProfileServiceClient)
	if err != nil {
		return nil, err
	}
	finder, err := places.Open(cfg.Places)
	if err != nil {
		return nil, err
	}
	return &app.App{
		Store: store.New(pool, outbox, keys), Keys: keys, Answers: idempotency.New(pool, keys, p.Now),
		Policy: policy, Hasher: hasher, Throttle: cfg.throttle(), Lifetimes: cfg.lifetimes(), Now: p.Now,
		OTP: otp, Notification: notification, ContactPolicy: cfg.contacts(), OIDC: oidc, Places: finder,
		RecoveryPolicy: cfg.recovery(), Profile: profile, TrustPolicy: cfg.trust(), Pictures: picture.NewMaker(),
		Factors: kinds, FactorLimits: cfg.factorLimits(), SignInLife: cfg.SignInLife, RememberFor: cfg.RememberFor,
		RefusedSignIns: outbox.Tally("sign-ins", app.SummariseSignIns),
	}, nil
}
