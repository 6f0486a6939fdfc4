// Package bench puts load on the running platform, all services in one process on real stores, and measures its cost.
//
// Everything is a ratio within one run: the argon2id that every password sign-in needs is measured on the same cores,
// alternating with the sign-ins; the rest is CPU and SQL statements per operation, which hardly depend on what else runs
// on the machine. How much other processes used is shown with every case. It needs Linux: CPU is read from /proc.
package bench
