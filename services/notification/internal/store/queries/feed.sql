-- name: InsertEntry :exec
INSERT INTO feed (id, account_id, type, params, created_at) VALUES ($1, $2, $3, $4, $5);

-- name: ListEntries :many
-- Newest first, from below the entry where the page before ended.
SELECT id, type, params, created_at FROM feed
WHERE account_id = $1 AND (created_at, id) < (@before_at::timestamptz, @before_id::uuid)
ORDER BY created_at DESC, id DESC
LIMIT $2;
