-- name: PutDestination :one
-- Creates the destination if it is new and locks it.
INSERT INTO destinations (id, index_key_id, index_value) VALUES ($1, $2, $3)
ON CONFLICT (index_key_id, index_value) DO UPDATE SET index_value = excluded.index_value
RETURNING id, failures, locked_until;

-- name: LockDestination :one
-- The destination, under any live index key.
SELECT id, failures, locked_until FROM destinations
WHERE (index_key_id, index_value) IN (SELECT unnest(@key_ids::integer[]), unnest(@key_values::bytea[]))
FOR UPDATE;

-- name: SetFailures :exec
UPDATE destinations SET failures = $2, locked_until = $3 WHERE id = $1;
