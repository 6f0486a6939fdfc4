package account

import (
	"testing"

	"github.com/propusk-id/propusk/pkg/env"
)

func TestConfigThatCannotWorkIsRefused(t *testing.T) {
	for name, value := range map[string]string{
		"FREE_FAILURES": "0", "ACCOUNT_FREE_FAILURES": "-1", "FIRST_DELAY": "0s", "DELAY_GROWTH": "0.9", "HASH_QUEUE": "0",
		"HASH_PATIENCE": "0s",
	} {
		if err := (env.Vars{name: value}).Check(env.Section{Config: Config{}}); err == nil {
			t.Errorf("%s=%s is accepted", name, value)
		}
	}
}
