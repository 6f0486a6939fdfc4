package sandbox

import (
	"time"

	"github.com/propusk-id/propusk/pkg/backoff"
)

// Config is read from PROPUSK_SANDBOX_* variables.
type Config struct {
	// LetterTime is how long the simulated post takes from the hand-over to the delivery.
	LetterTime time.Duration `env:"LETTER_TIME" envDefault:"30s" range:"0..720h"`
	// DeliverWait is how long a delivery on demand waits for a letter that is still on its way to the post.
	DeliverWait time.Duration `env:"DELIVER_WAIT" envDefault:"5s" range:"0..1m"`
	// DelayTime is how late messages arrive with the switch "delay".
	DelayTime time.Duration `env:"DELAY_TIME" envDefault:"10s" range:"0..1h"`
	// JobRetry is how long a failed job waits before its second try; then twice as long, and so on.
	JobRetry time.Duration `env:"JOB_RETRY" envDefault:"2s" range:"10ms..1h"`
}

func (c Config) backoff() backoff.Exponential {
	return backoff.Exponential{First: c.JobRetry, Max: time.Minute}
}
