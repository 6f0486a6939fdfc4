// Package runas decides which account PostgreSQL's programs run as, and starts
// programs as that account.
//
// PostgreSQL refuses to run as root. An ordinary user's programs run as that
// user; root's run as "postgres" where there is such an account, or else as
// "nobody".
package runas
