package registry

import (
	"testing"

	"github.com/propusk-id/propusk/pkg/env"
)

func TestImpossibleConfigIsRefused(t *testing.T) {
	for name, value := range map[string]string{
		"PFR_FAILURE_RATE": "1.5", "FMS_FAILURE_RATE": "-0.1", "PFR_LATENCY": "-1s", "FMS_JITTER": "-1s", "POPULATION": "0",
	} {
		if err := (env.Vars{name: value}).Check(env.Section{Config: Config{}}); err == nil {
			t.Errorf("%s=%s is accepted", name, value)
		}
	}
}
