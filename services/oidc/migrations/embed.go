// Package migrations holds the schema of oidc.
package migrations

import "embed"

// FS has the goose files.
//
//go:embed *.sql
var FS embed.FS
