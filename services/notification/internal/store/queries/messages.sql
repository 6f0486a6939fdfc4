-- name: InsertMessage :execrows
INSERT INTO messages
    (id, idempotency_key, template, channel, language, destination, params, account_id, state, created_at, expire_at,
     in_hand_until, attempts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'QUEUED', $9, $10, $11, $12)
ON CONFLICT (idempotency_key) DO NOTHING;

-- name: FindMessage :one
SELECT id FROM messages WHERE idempotency_key = $1;

-- name: BeginAttempt :one
-- Counts an attempt.
UPDATE messages SET attempts = attempts + 1 WHERE id = $1 AND state = 'QUEUED'
RETURNING *;

-- name: LetGo :execrows
-- 0: it is in hand no more.
UPDATE messages SET in_hand_until = NULL WHERE id = $1 AND in_hand_until IS NOT NULL AND state = 'QUEUED';

-- name: TakeLeft :many
-- A batch of messages that a process has left undelivered.
UPDATE messages SET in_hand_until = NULL WHERE id IN (
    SELECT m.id FROM messages m WHERE m.in_hand_until <= @now::timestamptz
    ORDER BY m.in_hand_until LIMIT 500 FOR UPDATE SKIP LOCKED
)
RETURNING id;

-- name: EndMessage :execrows
UPDATE messages SET state = $2, destination = NULL, params = NULL, in_hand_until = NULL WHERE id = $1 AND state = 'QUEUED';
