-- name: InsertSignInNotice :exec
INSERT INTO sign_in_notices (id, account_id, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5);

-- name: GetSignInNotice :one
SELECT * FROM sign_in_notices WHERE id = $1;

-- name: FindSignInNotice :one
SELECT * FROM sign_in_notices WHERE token_hash = $1;

-- name: UseSignInNotice :execrows
-- 0: it was used before.
UPDATE sign_in_notices SET used_at = @now::timestamptz WHERE id = @id AND used_at IS NULL;

-- name: CountSignInNotices :one
SELECT count(*)::integer FROM sign_in_notices WHERE account_id = @account_id AND created_at > @since::timestamptz;

-- name: EndSignInNotices :exec
-- Their links shut out nobody any more; those that were used still show what they have shown.
UPDATE sign_in_notices SET expires_at = @now::timestamptz
WHERE account_id = @account_id AND used_at IS NULL AND expires_at > @now::timestamptz;
