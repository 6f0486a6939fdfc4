-- name: PutSecret :one
-- Keeps the first value ever put.
INSERT INTO secrets (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = secrets.value
RETURNING value;
