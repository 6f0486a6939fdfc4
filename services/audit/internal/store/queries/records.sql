-- name: LockHead :one
SELECT position, hash FROM head FOR UPDATE;

-- name: Head :one
-- The head, and the last record there is: both as of one instant.
SELECT position, hash, (SELECT coalesce(max(r.position), 0) FROM records r)::bigint AS last FROM head;

-- name: Extend :execrows
-- Moves the head from where it is thought to be and puts the records behind it. No row: it is not there, or one of the events
-- is recorded already in an earlier month; in the month that is written, and twice among the new ones, the same event is a
-- violation. Only months since the oldest event are looked into, which as a rule are none. Where the clock has gone back to an
-- earlier month than the head's, whoever asks must have made sure (known) that none is recorded.
WITH moved AS (
    UPDATE head SET position = @position, hash = @hash,
        month = greatest(head.month, date_trunc('month', now() AT TIME ZONE 'UTC')::date)
    WHERE head.position = @from_position AND head.hash = @from_hash
      AND (@known::boolean OR head.month <= (now() AT TIME ZONE 'UTC')::date AND NOT EXISTS (
        SELECT 1 FROM records r
        WHERE r.event_id = ANY(@event_ids::uuid[]) AND r.month >= to_timestamp(@since::float8)::date
          AND r.month < date_trunc('month', now() AT TIME ZONE 'UTC')::date))
    RETURNING head.month
), added AS (
    INSERT INTO records (month, position, event_id, type, producer, aggregate, version, actor, time, data, prev_hash, hash)
    SELECT (SELECT moved.month FROM moved),
           unnest(@positions::bigint[]), unnest(@event_ids::uuid[]), unnest(@types::text[]), unnest(@producers::text[]),
           unnest(@aggregates::text[]), unnest(@versions::bigint[]), unnest(@actors::text[]), unnest(@times::timestamptz[]),
           unnest(@datas::bytea[]), unnest(@prev_hashes::bytea[]), unnest(@hashes::bytea[])
    WHERE EXISTS (SELECT 1 FROM moved)
)
SELECT 1 FROM moved;

-- name: KnownEvents :many
-- An event is delivered again for less than four months: older partitions are not looked into.
SELECT event_id FROM records
WHERE event_id = ANY(@event_ids::uuid[]) AND month > (now() AT TIME ZONE 'UTC')::date - 150;

-- name: ListRecords :many
SELECT position, event_id, type, producer, aggregate, version, actor, time, data, prev_hash, hash FROM records
WHERE position > @after::bigint
ORDER BY position
LIMIT @size::int;

-- name: HashAt :one
SELECT hash FROM records WHERE position = $1;

-- name: KeptAfter :one
-- The last record that is not kept any more; 0 and zeros: all are.
SELECT kept_after, kept_hash FROM head;
