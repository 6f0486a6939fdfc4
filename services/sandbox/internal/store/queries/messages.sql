-- name: LockMessages :exec
-- Messages become visible in the order of their commits: long-polls by "after" miss none.
SELECT pg_advisory_xact_lock(hashtext('sandbox.messages'));

-- name: InsertMessage :exec
INSERT INTO messages (source_id, copy, channel, recipients, subject, body, html, code,
                      attachment_name, attachment_type, attachment, visible_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (channel, source_id, copy) DO NOTHING;

-- name: ListMessages :many
SELECT id, source_id, channel, recipients, subject, body, html, code, attachment_name, attachment_type, visible_at
FROM messages m
WHERE m.visible_at <= @now
  AND (@channel::text = '' OR m.channel = @channel)
  AND (@recipient::text = '' OR m.recipients @> ARRAY[@recipient])
  AND (m.visible_at, m.id) > (
      coalesce((SELECT a.visible_at FROM messages a WHERE a.id = @after::bigint), '-infinity'), @after::bigint)
  AND (m.visible_at, m.id) < (@before_at::timestamptz, @before_id::bigint)
ORDER BY m.visible_at DESC, m.id DESC
LIMIT sqlc.arg(size)::int;

-- name: GetMessage :one
SELECT id, html, attachment_name, attachment_type, attachment FROM messages WHERE id = $1 AND visible_at <= $2;

-- name: LastMessage :one
SELECT coalesce((SELECT m.id FROM messages m WHERE m.visible_at <= $1 ORDER BY m.visible_at DESC, m.id DESC LIMIT 1), 0)::bigint;

-- name: ListRecipients :many
-- Who was written to, the last first.
SELECT r.contact::text FROM messages m, unnest(m.recipients) AS r (contact)
WHERE m.visible_at <= $1
GROUP BY r.contact ORDER BY max(m.visible_at) DESC LIMIT 30;

-- name: SweepMessages :exec
DELETE FROM messages WHERE id IN (SELECT m.id FROM messages m WHERE m.visible_at < $1 LIMIT 1000);

-- name: GetOptions :one
SELECT delay, drop, twice FROM options;

-- name: SetOptions :exec
UPDATE options SET delay = $1, drop = $2, twice = $3;
