package hashing

import (
	"runtime"
	"testing"
)

func TestEachHashHasAProcessorMore(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	runtime.SetDefaultGOMAXPROCS()
	t.Cleanup(runtime.SetDefaultGOMAXPROCS)
	cores := runtime.GOMAXPROCS(0)
	for range 2 {
		if o := RaiseGOMAXPROCS(Options{}); o.Workers != cores || runtime.GOMAXPROCS(0) != 2*cores {
			t.Errorf("%d hash at once, Go runs %d", o.Workers, runtime.GOMAXPROCS(0))
		}
	}
	if o := RaiseGOMAXPROCS(Options{Workers: 1}); o.Workers != 1 || runtime.GOMAXPROCS(0) != cores+1 {
		t.Errorf("%d hash at once, Go runs %d", o.Workers, runtime.GOMAXPROCS(0))
	}
}

func TestGivenProcessorsStay(t *testing.T) {
	t.Cleanup(runtime.SetDefaultGOMAXPROCS)
	runtime.GOMAXPROCS(3)
	t.Setenv("GOMAXPROCS", "3")
	if o := RaiseGOMAXPROCS(Options{}); o.Workers != 3 || runtime.GOMAXPROCS(0) != 3 {
		t.Errorf("%d hash at once, Go runs %d", o.Workers, runtime.GOMAXPROCS(0))
	}
}
