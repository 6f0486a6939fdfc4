-- name: InsertConfirmation :exec
INSERT INTO confirmations (id, account_id, method, letter_order_id, snapshot_id, state, created_at)
VALUES ($1, $2, $3, $4, $5, 'PENDING', $6);

-- name: ConfirmationOfLetter :one
SELECT id, account_id, method, letter_order_id, snapshot_id, state FROM confirmations WHERE letter_order_id = $1;

-- name: GetConfirmation :one
SELECT id, account_id, method, letter_order_id, snapshot_id, state FROM confirmations WHERE id = $1;

-- name: DecideConfirmation :execrows
UPDATE confirmations SET state = $2, decided_at = $3 WHERE id = $1 AND state = 'PENDING';
