-- name: HoldRequest :exec
-- One for an account and a client: the later request is the one that waits, under the id that messages may name.
INSERT INTO held_requests AS h (id, account_id, client_id, level, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id, client_id) DO UPDATE SET
    level = excluded.level, created_at = excluded.created_at, expires_at = excluded.expires_at;

-- name: HeldRequests :many
SELECT h.id, h.client_id, h.level, h.created_at, h.expires_at FROM held_requests h
WHERE h.account_id = @account_id AND h.expires_at > @now ORDER BY h.created_at DESC, h.id DESC LIMIT 100;

-- name: DeleteHeldRequest :execrows
DELETE FROM held_requests WHERE id = $1 AND account_id = $2;

-- name: EndHeldRequest :exec
DELETE FROM held_requests WHERE account_id = $1 AND client_id = $2;
