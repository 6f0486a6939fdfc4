-- name: LockHead :one
SELECT position, hash FROM head FOR UPDATE;

-- name: Head :one
-- The head, and the last record there is: both as of one instant.
SELECT position, hash, (SELECT coalesce(max(r.position), 0) FROM records r)::bigint AS last FROM head;

-- name: SetHead :exec
UPDATE head SET position = $1, hash = $2;

-- name: InsertRecord :execrows
INSERT INTO records (position, event_id, type, producer, aggregate, version, actor, time, data, prev_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (event_id) DO NOTHING;

-- name: ListRecords :many
SELECT position, event_id, type, producer, aggregate, version, actor, time, data, prev_hash, hash FROM records
WHERE position > @after::bigint
ORDER BY position
LIMIT @size::int;

-- name: HashAt :one
SELECT hash FROM records WHERE position = $1;
