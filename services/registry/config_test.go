package registry

import (
	"math"
	"testing"
	"time"

	"github.com/propusk-id/propusk/services/registry/internal/app"
)

func TestImpossibleConfigIsRefused(t *testing.T) {
	good := Config{Population: 1}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]app.Conduct{
		"rate above 1": {FailureRate: 1.5}, "rate below 0": {FailureRate: -0.1}, "no rate": {FailureRate: math.NaN()},
		"latency": {Latency: -time.Second}, "jitter": {Jitter: -time.Second},
	} {
		if err := (Config{PFR: c}).check(); err == nil {
			t.Errorf("PFR %s is accepted", name)
		}
		if err := (Config{FMS: c}).check(); err == nil {
			t.Errorf("FMS %s is accepted", name)
		}
	}
	if _, err := (Config{Population: 0}).registers(); err == nil {
		t.Error("an empty population is accepted")
	}
}
