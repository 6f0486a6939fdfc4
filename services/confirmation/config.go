package confirmation

import (
	"fmt"
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/services/confirmation/internal/domain"
	"github.com/propusk-id/propusk/services/confirmation/internal/letter"
)

// Config is read from PROPUSK_CONFIRMATION_* variables.
type Config struct {
	CodeLife       time.Duration `env:"CODE_LIFE" envDefault:"720h" range:"1m..8760h"`
	ReorderAfter   time.Duration `env:"REORDER_AFTER" envDefault:"24h" range:"0..720h"`
	OrdersPer30Day int           `env:"ORDERS_PER_30_DAYS" envDefault:"4" range:"1..1000"`
	TriesPer10Min  int           `env:"TRIES_PER_10_MINUTES" envDefault:"5" range:"1..1000"`
	TriesPerLetter int           `env:"TRIES_PER_LETTER" envDefault:"15" range:"1..1000"`
	// TrackingVisibleAfter is how long after an order the tracking number is shown: the post knows it from the next day.
	TrackingVisibleAfter time.Duration `env:"TRACKING_VISIBLE_AFTER" envDefault:"24h" range:"0..720h" sandbox:"0s"`
	// ExpectedFrom and ExpectedUntil are how long after an order the letter is at the addressee's post office, at the
	// soonest and at the latest; the first is the shorter.
	ExpectedFrom  time.Duration `env:"EXPECTED_FROM" envDefault:"72h" range:"0..720h" sandbox:"0s"`
	ExpectedUntil time.Duration `env:"EXPECTED_UNTIL" envDefault:"336h" range:"0..1440h" sandbox:"24h"`
	// RemindAfter is how long after an order the person is reminded of a code that is not typed yet.
	RemindAfter time.Duration `env:"REMIND_AFTER" envDefault:"336h" range:"1s..8760h"`
	// PostOffice is the postal index of the office that sends the letters.
	PostOffice string `env:"POST_OFFICE" envDefault:"101000"`
	// SenderName and SenderAddress are whom letters are from and where they come back to, each in one line.
	SenderName    string `env:"SENDER_NAME" envDefault:"Пропуск"`
	SenderAddress string `env:"SENDER_ADDRESS" envDefault:"101000, г. Москва, а/я 1"`
	// JobRetry is how long a failed job waits before its second try; then twice as long, and so on.
	JobRetry time.Duration `env:"JOB_RETRY" envDefault:"2s" range:"10ms..1h"`
	// ApplyAfter is when a job takes over the evidence of a request that did not reach its end.
	ApplyAfter time.Duration `env:"APPLY_AFTER" envDefault:"3s" range:"0..1h"`
	// ExpireEvery is how often expired letters are looked for.
	ExpireEvery time.Duration `env:"EXPIRE_EVERY" envDefault:"1h" range:"1s..24h"`
}

func (c Config) backoff() backoff.Exponential {
	return backoff.Exponential{First: c.JobRetry, Max: 10 * time.Minute}
}

// maxSender is how long the sender's name and address may be each: they stand above the envelope's window.
const maxSender = 100

func (c Config) sender() (letter.Sender, error) {
	name, err := identifiers.ParsePrintable(c.SenderName, maxSender)
	if err != nil {
		return letter.Sender{}, fmt.Errorf("PROPUSK_CONFIRMATION_SENDER_NAME %q cannot be printed: use letters, digits and "+
			"punctuation, at most %d in all", c.SenderName, maxSender)
	}
	address, err := identifiers.ParsePrintable(c.SenderAddress, maxSender)
	if err != nil {
		return letter.Sender{}, fmt.Errorf("PROPUSK_CONFIRMATION_SENDER_ADDRESS %q cannot be printed: use letters, digits and "+
			"punctuation, at most %d in all", c.SenderAddress, maxSender)
	}
	return letter.Sender{Name: name, Address: address}, nil
}

func (c Config) limits() domain.Limits {
	return domain.Limits{
		CodeLife: c.CodeLife, ReorderAfter: c.ReorderAfter,
		OrdersPerWindow: c.OrdersPer30Day, OrderWindow: 30 * 24 * time.Hour,
		TriesPerWindow: c.TriesPer10Min, TryWindow: 10 * time.Minute, TriesPerLetter: c.TriesPerLetter,
	}
}
