-- name: ListSends :many
-- What a destination was sent, oldest first. The limits keep it short.
SELECT id, flow_id, caller_ids, code, sent_at, handed_over, spent_at FROM sends
WHERE destination_id = $1 AND sent_at > $2
ORDER BY sent_at, id;

-- name: NameSend :exec
UPDATE sends SET caller_ids = array_append(caller_ids, @caller_id::text)
WHERE id = @id AND NOT @caller_id::text = ANY (caller_ids);

-- name: InsertSend :many
-- Stores a send and counts it: a counter whose window is over begins a new one. The rows stay locked until the
-- transaction ends, so that what is answered is what it is.
WITH sent AS (
    INSERT INTO sends (id, destination_id, flow_id, ip_mac, sent_at, code, caller_ids)
    VALUES (@id, @destination_id, @flow_id, @ip_mac, @sent_at, @code, ARRAY[@caller_id::text])
)
INSERT INTO counters (purpose, kind, subject, since, n)
VALUES (@purpose, 'ADDRESS', @ip_mac, @sent_at, 1), (@purpose, 'INSTALLATION', '', @sent_at, 1)
ON CONFLICT (purpose, kind, subject) DO UPDATE SET
    since = CASE WHEN counters.since > CASE excluded.kind WHEN 'ADDRESS' THEN @address_from::timestamptz
            ELSE @installation_from::timestamptz END THEN counters.since ELSE excluded.since END,
    n     = CASE WHEN counters.since > CASE excluded.kind WHEN 'ADDRESS' THEN @address_from::timestamptz
            ELSE @installation_from::timestamptz END THEN counters.n + 1 ELSE 1 END
RETURNING kind, n, since;

-- name: HandOver :exec
-- Notes that notification has the message, without waiting for the disk: a note that is lost costs a second call, which
-- notification knows by its key.
WITH relaxed AS (SELECT set_config('synchronous_commit', 'off', true))
UPDATE sends SET handed_over = true, code = NULL FROM relaxed WHERE id = $1 AND NOT handed_over;
