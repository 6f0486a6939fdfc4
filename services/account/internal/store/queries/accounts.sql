-- name: InsertAccount :execrows
-- 0: the account exists.
INSERT INTO accounts (id, level, language, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO NOTHING;

-- name: GetAccount :one
SELECT * FROM accounts WHERE id = $1;

-- name: LockAccount :one
SELECT * FROM accounts WHERE id = $1 FOR NO KEY UPDATE;

-- name: RaiseLevel :exec
UPDATE accounts SET level = $2, snapshot_id = $3, method = $4, confirmed_at = $5, version = version + 1 WHERE id = $1;

-- name: PutCredential :exec
INSERT INTO credentials (account_id, sealed, set_at) VALUES ($1, $2, $3);

-- name: GetCredential :one
SELECT sealed FROM credentials WHERE account_id = $1;
