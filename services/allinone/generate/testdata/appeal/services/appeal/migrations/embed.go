// Package migrations holds the schema of appeal.
package migrations

import "embed"

// FS has the goose files.
//
//go:embed *.sql
var FS embed.FS
