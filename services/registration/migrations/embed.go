// Package migrations holds the schema of registration.
package migrations

import "embed"

// FS has the goose files.
//
//go:embed *.sql
var FS embed.FS
