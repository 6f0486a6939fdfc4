-- name: InsertCheck :exec
INSERT INTO checks (verification_id, registry, state) VALUES ($1, $2, 'PENDING');

-- name: ListChecks :many
SELECT verification_id, registry, state, reasons, attempts, vouched FROM checks
WHERE verification_id = ANY (@verifications::uuid[])
ORDER BY registry DESC;

-- name: SetCheck :exec
UPDATE checks SET state = $3, reasons = $4, vouched = $5, last_error = '' WHERE verification_id = $1 AND registry = $2;

-- name: SetReasons :exec
UPDATE checks SET reasons = $2 WHERE verification_id = $1;

-- name: MarkUnavailable :one
-- Counts a silence, unless the registry has answered meanwhile.
UPDATE checks SET state = 'UNAVAILABLE', attempts = attempts + 1, last_error = $3
WHERE verification_id = $1 AND registry = $2 AND state IN ('PENDING', 'UNAVAILABLE')
RETURNING attempts;
