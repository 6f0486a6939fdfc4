-- name: InsertMessage :execrows
INSERT INTO messages
    (id, idempotency_key, template, channel, language, destination, params, account_id, state, created_at, expire_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'QUEUED', $9, $10)
ON CONFLICT (idempotency_key) DO NOTHING;

-- name: FindMessage :one
SELECT id FROM messages WHERE idempotency_key = $1;

-- name: BeginAttempt :one
-- Counts an attempt.
UPDATE messages SET attempts = attempts + 1 WHERE id = $1 AND state = 'QUEUED'
RETURNING *;

-- name: EndMessage :execrows
UPDATE messages SET state = $2, destination = NULL, params = NULL WHERE id = $1 AND state = 'QUEUED';
