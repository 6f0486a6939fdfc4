package hashing

import (
	"os"
	"runtime"
)

// RaiseGOMAXPROCS decides how many passwords are hashed at once and lets Go run that many threads more than there are
// cores.
//
// A hash keeps one of Go's processors busy for 10 ms at a stretch, and with as many of them as cores everything else in
// the process waits that long at each step: measured, a request took half a second. With one more for each hash the
// kernel shares the cores out and prefers threads that have slept. GOMAXPROCS, when set, is respected. It may be called
// again.
func RaiseGOMAXPROCS(o Options) Options {
	given := os.Getenv("GOMAXPROCS") != ""
	if !given {
		runtime.SetDefaultGOMAXPROCS() // the cores, or the container's share of them
	}
	cores := runtime.GOMAXPROCS(0)
	if o.Workers <= 0 {
		o.Workers = cores
	}
	if !given {
		runtime.GOMAXPROCS(cores + o.Workers)
	}
	return o
}
