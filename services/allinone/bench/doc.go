// Package bench drives the running platform, all services in one process on real stores, and says what it costs.
//
// Everything is a ratio within one run: the argon2id that a password sign-in cannot do without is measured on the
// same cores, in turns with the sign-ins; the rest is CPU and SQL statements per operation, which hardly depend on
// who else uses the machine. How much the others used is shown with every case. It needs Linux: CPU is read from
// /proc.
package bench
