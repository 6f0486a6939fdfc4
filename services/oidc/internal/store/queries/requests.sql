-- name: InsertClientRequests :copyfrom
INSERT INTO client_requests (
    id, client_id, called_at, endpoint, method, status, auth_method, params, error, reason, to_pages, skipped, request_id
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: ListClientRequests :many
-- Newest first, from below the one where the page before ended.
SELECT * FROM client_requests
WHERE client_id = $1 AND (called_at, id) < (@before_at::timestamptz, @before_id::uuid)
ORDER BY called_at DESC, id DESC
LIMIT $2;
