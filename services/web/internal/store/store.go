// Package store keeps drafts in Postgres, encrypted.
package store

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/propusk-id/propusk/pkg/secret"
	"github.com/propusk-id/propusk/services/web/internal/store/db"
)

// Store is the service's schema.
type Store struct {
	q    *db.Queries
	keys *secret.Keys
}

// New is the schema behind the pool; keys encrypt the rows.
func New(pool *pgxpool.Pool, keys *secret.Keys) *Store { return &Store{q: db.New(pool), keys: keys} }
