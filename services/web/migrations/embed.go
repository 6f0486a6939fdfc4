// Package migrations holds the schema of web.
package migrations

import "embed"

// FS has the goose files.
//
//go:embed *.sql
var FS embed.FS
