// Package migrations holds the schema of audit.
package migrations

import "embed"

// FS has the goose files.
//
//go:embed *.sql
var FS embed.FS
