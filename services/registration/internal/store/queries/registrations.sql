-- name: InsertRegistration :execrows
-- 0: the request that start_key names has begun one.
INSERT INTO registrations (id, account_id, card, channel, decoy, state, created_at, expires_at, start_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (start_key) DO NOTHING;

-- name: ReleaseStartKey :exec
-- A key can be used again some time after the request that it named.
UPDATE registrations SET start_key = NULL WHERE start_key = $1 AND created_at <= $2;

-- name: GetStartedRegistration :one
SELECT * FROM registrations WHERE start_key = $1;

-- name: GetRegistration :one
SELECT * FROM registrations WHERE id = $1;

-- name: LockRegistration :one
SELECT * FROM registrations WHERE id = $1 FOR UPDATE;

-- name: LockRegistrationOfAccount :one
SELECT * FROM registrations WHERE account_id = $1 FOR UPDATE;

-- name: SetCode :exec
UPDATE registrations SET code_expire_at = $2, resend_at = $3 WHERE id = $1;

-- name: SetVerified :exec
UPDATE registrations SET state = 'CONTACT_VERIFIED', completion_token_hash = $2 WHERE id = $1;

-- name: SetExpiry :exec
UPDATE registrations SET expires_at = $2 WHERE id = $1;

-- name: EndRegistration :exec
-- The person's data goes with the end, whichever it is.
UPDATE registrations SET state = $2, card = NULL WHERE id = $1;

-- name: ExpireUnfinished :many
-- A batch of sign-ups that nobody finished in time.
UPDATE registrations SET state = 'EXPIRED', card = NULL
WHERE id IN (
    SELECT r.id FROM registrations r
    WHERE r.card IS NOT NULL AND r.expires_at <= $1
    ORDER BY r.expires_at LIMIT $2
    FOR UPDATE SKIP LOCKED
)
RETURNING id, account_id, code_expire_at;

-- name: DeleteEnded :execrows
DELETE FROM registrations WHERE id IN (
    SELECT r.id FROM registrations r WHERE r.card IS NULL AND r.expires_at <= $1 LIMIT $2
);
