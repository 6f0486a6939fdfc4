package sandbox

import (
	"errors"
	"time"

	"github.com/propusk-id/propusk/pkg/boot"
)

// Config is read from PROPUSK_SANDBOX_* variables.
type Config struct {
	// LetterTime is how long the simulated post takes from the hand-over to the door.
	LetterTime time.Duration `env:"LETTER_TIME" envDefault:"30s"`
	// DeliverWait is how long a delivery on demand waits for a letter that is still on its way to the post.
	DeliverWait time.Duration `env:"DELIVER_WAIT" envDefault:"5s"`
	// DelayTime is how late messages come with the switch "delay".
	DelayTime time.Duration `env:"DELAY_TIME" envDefault:"10s"`
	// JobRetry is how long a failed job waits.
	JobRetry time.Duration `env:"JOB_RETRY" envDefault:"2s"`
}

var errProduction = errors.New("the sandbox shows every message to everybody: it starts only with PROPUSK_ENV=sandbox; " +
	"in production leave it out")

// check refuses what must not be.
func (c Config) check(e boot.Environment) error {
	switch {
	case e != boot.Sandbox:
		return errProduction
	case c.LetterTime < 0 || c.DelayTime < 0:
		return errors.New("PROPUSK_SANDBOX_LETTER_TIME and PROPUSK_SANDBOX_DELAY_TIME must not be negative")
	}
	return nil
}
