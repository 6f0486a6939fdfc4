// Package journey is the main job as its users do it: a citizen signs up, is verified and confirmed through REST or
// through the pages, and logs in at a partner. Tests, the kill test, the compose test and the benchmarks run it against
// any installation.
package journey
