// Package cluster runs an installation as it is in production, for tests: every service a process of its own, with stores
// that can be killed like any of them.
package cluster
