-- name: GetAvatar :one
SELECT * FROM avatars WHERE account_id = $1;

-- name: SetAvatar :exec
INSERT INTO avatars (account_id, sealed, set_at) VALUES ($1, $2, $3)
ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, set_at = excluded.set_at;

-- name: DeleteAvatar :execrows
DELETE FROM avatars WHERE account_id = $1;
