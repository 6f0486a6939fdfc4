-- name: LockHolder :one
-- Makes the holder if he is new and locks him until the transaction ends. A lock that names the key would deadlock with a
-- letter that moves: its foreign key locks the holder after the letter, this the other way round.
INSERT INTO holders (account_id) VALUES ($1)
ON CONFLICT (account_id) DO UPDATE SET recent_tries = holders.recent_tries
RETURNING recent_tries;

-- name: SetTries :exec
UPDATE holders SET recent_tries = $2 WHERE account_id = $1;

-- name: OrderReservation :one
SELECT order_reserved_until FROM holders WHERE account_id = $1;

-- name: ReserveOrder :exec
UPDATE holders SET order_reserved_until = $2 WHERE account_id = $1;
