-- name: LockHolder :one
-- Makes the holder if he is new and locks him until the transaction ends.
INSERT INTO holders (account_id) VALUES ($1)
ON CONFLICT (account_id) DO UPDATE SET account_id = excluded.account_id
RETURNING recent_tries;

-- name: SetTries :exec
UPDATE holders SET recent_tries = $2 WHERE account_id = $1;

-- name: OrderReservation :one
SELECT order_reserved_until FROM holders WHERE account_id = $1;

-- name: ReserveOrder :exec
UPDATE holders SET order_reserved_until = $2 WHERE account_id = $1;
