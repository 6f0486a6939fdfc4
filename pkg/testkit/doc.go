// Package testkit runs services for tests on real Postgres, NATS and Redis.
//
// A test binary starts one throw-away Postgres ([Main]); each test gets a database of its own, copied from a
// migrated template, its own Redis and its own NATS ([Start]). Services run as they do in one process; the
// test calls them as any service or person it likes. Neighbours that a test does not need are played by
// [Fake]; stores never are. Time stands still until the test moves it ([Clock]).
package testkit
