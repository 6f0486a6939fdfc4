-- name: InsertAddress :exec
INSERT INTO addresses (id, account_id, type, data, created_at, updated_at) VALUES ($1, $2, $3, $4, @at, @at);

-- name: ListAddresses :many
SELECT id, type, version, data FROM addresses WHERE account_id = $1 AND id > @after ORDER BY id LIMIT $2;

-- name: GetAddress :one
SELECT id, type, version, data FROM addresses WHERE id = $1 AND account_id = $2;

-- name: LockAddress :one
-- Locks the address, and the card that it belongs to, until the transaction ends.
SELECT a.id, a.type, a.version, a.data FROM addresses a JOIN persons p ON p.account_id = a.account_id
WHERE a.id = $1 AND a.account_id = $2 FOR UPDATE;

-- name: EditAddress :one
UPDATE addresses SET data = $2, version = version + 1, updated_at = $3 WHERE id = $1 RETURNING version;

-- name: DeleteAddress :execrows
DELETE FROM addresses WHERE id = $1 AND account_id = $2;
