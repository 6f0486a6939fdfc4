-- name: InsertEntry :exec
INSERT INTO feed (id, account_id, type, params, created_at) VALUES ($1, $2, $3, $4, $5);

-- name: ListEntries :many
-- Newest first, from below the entry where the page before ended; only of these types, if any is named.
SELECT id, type, params, created_at, unread FROM feed
WHERE account_id = $1 AND (created_at, id) < (@before_at::timestamptz, @before_id::uuid)
    AND (cardinality(@types::text[]) = 0 OR type = ANY (@types::text[]))
ORDER BY created_at DESC, id DESC
LIMIT $2;

-- name: CountUnread :one
SELECT count(*)::int FROM feed WHERE account_id = $1 AND unread;

-- name: GetEntryTime :one
SELECT created_at FROM feed WHERE id = $1 AND account_id = $2;

-- name: MarkRead :exec
-- Everything up to an entry. What is older and comes later was not seen.
UPDATE feed SET unread = false WHERE account_id = $1 AND unread AND (created_at, id) <= (@seen_at::timestamptz, @seen_id::uuid);
