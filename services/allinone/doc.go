// Package allinone runs every service in one process, on stores that it brings along: what `make run` starts.
//
// NATS and Redis run inside this process and PostgreSQL beside it, unless NATS_URL, REDIS_URL or DATABASE_URL name
// others. The same program does what an installation of many processes needs done once: it makes the secrets and
// migrates the database. It owns no data and answers no calls; it alone imports other services.
package allinone
