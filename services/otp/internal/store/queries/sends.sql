-- name: SendHistory :one
SELECT
    count(*) FILTER (WHERE sent_at > @short_from::timestamptz)::int AS in_short_window,
    count(*)::int                                                   AS in_day,
    coalesce(max(sent_at), 'epoch')::timestamptz                    AS last_sent_at,
    coalesce(min(sent_at) FILTER (WHERE sent_at > @short_from::timestamptz), 'epoch')::timestamptz AS oldest_in_short_window,
    coalesce(min(sent_at), 'epoch')::timestamptz                    AS oldest_in_day
FROM sends
WHERE destination_id = @destination_id AND sent_at > @day_from::timestamptz;

-- name: FindSend :one
-- The flow's send that the caller gave this name.
SELECT id, code, sent_at, handed_over FROM sends
WHERE destination_id = @destination_id AND flow_id = @flow_id AND @caller_id::text = ANY (caller_ids)
ORDER BY sent_at DESC LIMIT 1;

-- name: FindPendingSend :one
-- The flow's send that notification has not taken yet.
SELECT id, code, sent_at, handed_over FROM sends
WHERE destination_id = $1 AND flow_id = $2 AND NOT handed_over AND code IS NOT NULL AND sent_at > $3
ORDER BY sent_at DESC LIMIT 1;

-- name: NameSend :exec
UPDATE sends SET caller_ids = array_append(caller_ids, @caller_id::text)
WHERE id = @id AND NOT @caller_id::text = ANY (caller_ids);

-- name: CountSendsFrom :one
SELECT count(*)::int AS count, coalesce(min(sent_at), 'epoch')::timestamptz AS oldest
FROM sends WHERE ip_mac = $1 AND sent_at > $2;

-- name: CountSends :one
SELECT count(*)::int AS count, coalesce(min(sent_at), 'epoch')::timestamptz AS oldest FROM sends WHERE sent_at > $1;

-- name: InsertSend :exec
INSERT INTO sends (id, destination_id, flow_id, ip_mac, sent_at, code, caller_ids)
VALUES (@id, @destination_id, @flow_id, @ip_mac, @sent_at, @code, ARRAY[@caller_id::text]);

-- name: HandOver :execrows
-- 0: a concurrent call has handed it over.
UPDATE sends SET handed_over = true, code = NULL WHERE id = $1 AND NOT handed_over;

-- name: Spend :execrows
UPDATE sends SET spent_at = $2 WHERE id = $1 AND spent_at IS NULL;

-- name: SweepSends :execrows
DELETE FROM sends WHERE id IN (SELECT s.id FROM sends s WHERE s.sent_at < $1 LIMIT 1000);
