// Package backup copies an installation into a directory and brings it back: the services' schemas as they were at one
// moment, and the key sets without which they cannot be read.
//
// The database is read by COPY in one REPEATABLE READ transaction, so it needs neither pg_dump nor the server's files
// and may run under traffic. Tables are restored into schemas that this program's own migrations make, at the versions
// that the backup notes, and migrated to the newest from there.
//
// Event streams are not copied. Every event is in its producer's outbox, sent ones for seven days: a restore publishes
// them again, and the inboxes, which are restored too, drop what was handled.
package backup
