-- name: InsertSignIn :exec
INSERT INTO sign_ins (
    id, token_hash, purpose, account_id, subject, surface, session_id, device, needs, met, challenge, created_at, expires_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: FindSignIn :one
-- A recovery is none.
SELECT * FROM sign_ins WHERE token_hash = @token_hash AND surface = @surface AND purpose <> 3;

-- name: LockSignIn :one
-- Steps of one sign-in are completed in turn.
SELECT * FROM sign_ins WHERE id = @id FOR UPDATE;

-- name: SetSignIn :exec
-- After a step: a code that was sent was for that one.
UPDATE sign_ins SET account_id = $2, needs = $3, met = $4, done_at = $5, code_expires_at = NULL WHERE id = $1;

-- name: SetCodeSent :exec
UPDATE sign_ins SET code_expires_at = $2 WHERE id = $1;
