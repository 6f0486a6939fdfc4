-- name: GetAttempt :one
SELECT send_id, correct, remaining FROM attempts WHERE flow_id = $1 AND id = $2;

-- name: InsertAttempt :execrows
-- 0: a concurrent call has recorded the same attempt.
INSERT INTO attempts (flow_id, id, send_id, correct, remaining) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (flow_id, id) DO NOTHING;
