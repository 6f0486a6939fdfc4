-- name: LockHead :one
SELECT position, hash FROM head FOR UPDATE;

-- name: Head :one
-- The head, and the last record there is: both as of one instant.
SELECT position, hash, (SELECT coalesce(max(r.position), 0) FROM records r)::bigint AS last FROM head;

-- name: Extend :execrows
-- Moves the head from where it is thought to be and puts the records behind it. No row: it is not there. A record
-- whose event is there already is a violation.
WITH moved AS (
    UPDATE head SET position = @position, hash = @hash WHERE head.position = @from_position AND head.hash = @from_hash
    RETURNING 1
), added AS (
    INSERT INTO records (position, event_id, type, producer, aggregate, version, actor, time, data, prev_hash, hash)
    SELECT unnest(@positions::bigint[]), unnest(@event_ids::uuid[]), unnest(@types::text[]), unnest(@producers::text[]),
           unnest(@aggregates::text[]), unnest(@versions::bigint[]), unnest(@actors::text[]), unnest(@times::timestamptz[]),
           unnest(@datas::bytea[]), unnest(@prev_hashes::bytea[]), unnest(@hashes::bytea[])
    WHERE EXISTS (SELECT 1 FROM moved)
)
SELECT 1 FROM moved;

-- name: KnownEvents :many
SELECT event_id FROM records WHERE event_id = ANY(@event_ids::uuid[]);

-- name: ListRecords :many
SELECT position, event_id, type, producer, aggregate, version, actor, time, data, prev_hash, hash FROM records
WHERE position > @after::bigint
ORDER BY position
LIMIT @size::int;

-- name: HashAt :one
SELECT hash FROM records WHERE position = $1;
