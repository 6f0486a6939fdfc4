-- name: PutDestination :one
-- Finds the destination under any live index key, or creates it under the newest, and locks it.
WITH found AS (
    SELECT id, failures, locked_until FROM destinations
    WHERE (index_key_id, index_value) IN (SELECT unnest(@key_ids::integer[]), unnest(@key_values::bytea[]))
    FOR NO KEY UPDATE
), made AS (
    INSERT INTO destinations (id, index_key_id, index_value)
    SELECT @id::uuid, (@key_ids::integer[])[1], (@key_values::bytea[])[1] WHERE NOT EXISTS (SELECT FROM found)
    ON CONFLICT (index_key_id, index_value) DO UPDATE SET failures = destinations.failures
    RETURNING id, failures, locked_until
)
SELECT id, failures, locked_until FROM found UNION ALL SELECT id, failures, locked_until FROM made;

-- name: LockDestination :one
-- The destination, under any live index key, with what was decided about the attempt if it is a repeated one.
SELECT d.id, d.failures, d.locked_until, a.correct, a.remaining
FROM destinations d LEFT JOIN attempts a ON a.flow_id = @flow_id AND a.id = @attempt_id
WHERE (d.index_key_id, d.index_value) IN (SELECT unnest(@key_ids::integer[]), unnest(@key_values::bytea[]))
FOR NO KEY UPDATE OF d;

-- name: ReopenDestination :exec
UPDATE destinations SET failures = 0, locked_until = NULL
WHERE (index_key_id, index_value) IN (SELECT unnest(@key_ids::integer[]), unnest(@key_values::bytea[]));
