// Package embedded runs what Propusk stands on (PostgreSQL, NATS, Redis) with
// nothing installed and nothing configured, for the all-in-one process and for
// tests. Production never imports it.
//
//   - [NATS] is nats-server inside this process, [Redis] is miniredis.
//   - [Postgres] is a real server beside this process. With a directory it keeps
//     its data, takes a lock and outlives a crash of this process; without one
//     it is thrown away. [TestPostgres] is the latter, tuned for tests.
//   - [RealRedis] is a real redis-server, for tests and benchmarks.
//
// What runs beside this process listens on Unix sockets in private directories,
// never on TCP. Programs that are missing are installed where that can be done
// (see deploy/dev); otherwise the error is a sentence that says what to install.
//
// It owns no schema, stream or key: callers get an address and make their own.
// It works on Linux and macOS (on Windows, in WSL).
package embedded
