-- name: InsertRegistration :execrows
-- 0: a concurrent call of the same request has stored it.
INSERT INTO registrations (id, account_id, card, channel, decoy, state, code_expire_at, resend_at, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO NOTHING;

-- name: GetRegistration :one
SELECT * FROM registrations WHERE id = $1;

-- name: LockRegistration :one
SELECT * FROM registrations WHERE id = $1 FOR UPDATE;

-- name: LockRegistrationOfAccount :one
SELECT * FROM registrations WHERE account_id = $1 FOR UPDATE;

-- name: SetCode :exec
UPDATE registrations SET code_expire_at = $2, resend_at = $3 WHERE id = $1;

-- name: SetVerified :execrows
-- 0: it is in another state, or over.
UPDATE registrations SET state = 'CONTACT_VERIFIED', completion_token_hash = $2, proof_mac = $3
WHERE id = $1 AND state = 'CODE_SENT' AND expires_at > @now::timestamptz;

-- name: CountWrongProof :exec
UPDATE registrations SET wrong_proofs = wrong_proofs + 1 WHERE id = $1;

-- name: CountWrongPassword :exec
UPDATE registrations SET wrong_passwords = wrong_passwords + 1 WHERE id = $1;

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
