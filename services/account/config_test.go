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
		var c Config
		if err := (env.Vars{name: value}).Fill("", &c); err != nil {
			t.Fatal(err)
		}
		if c.check() == nil {
			t.Errorf("%s=%s is accepted", name, value)
		}
	}
	var c Config
	if err := (env.Vars{}).Fill("", &c); err != nil || c.check() != nil {
		t.Errorf("the defaults: %v, %v", err, c.check())
	}
}
