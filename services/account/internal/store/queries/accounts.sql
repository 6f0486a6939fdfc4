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

-- name: SetCredential :exec
INSERT INTO credentials (account_id, sealed, set_at) VALUES ($1, $2, $3)
ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, set_at = excluded.set_at;

-- name: LockCredential :one
SELECT sealed FROM credentials WHERE account_id = $1 FOR SHARE;

-- name: SetSettings :exec
UPDATE accounts SET language = $2, region = $3, new_devices = $4, third_party_access = $5, version = version + 1 WHERE id = $1;

-- name: LockAccountAlone :one
-- Unlike LockAccount it also keeps others from storing what refers to the account: devices and sessions of new sign-ins.
SELECT * FROM accounts WHERE id = $1 FOR UPDATE;

-- name: CloseSignIn :exec
UPDATE accounts SET sign_in_locked_at = coalesce(sign_in_locked_at, @now::timestamptz), version = version + 1 WHERE id = @id;

-- name: OpenSignIn :exec
-- propusk.account.v1.NewDevices ALLOW: who has recovered the account may have lost every device.
UPDATE accounts SET sign_in_locked_at = NULL, new_devices = 1, version = version + 1 WHERE id = $1;
