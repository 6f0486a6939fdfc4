-- name: UseDevice :exec
-- The account is signed in to on the device; trusted_until is null where it is not to be remembered from now on. Until the
-- commit nobody forbids the device.
WITH first AS (
    UPDATE accounts SET devices_since = @used_at WHERE accounts.id = @account_id AND accounts.devices_since IS NULL
)
INSERT INTO devices (id, account_id, token_hash, sealed, seen, trusted_until, created_at, last_used_at)
VALUES (@id, @account_id, @token_hash, @sealed, @seen, @trusted_until, @used_at, @used_at)
ON CONFLICT (account_id, token_hash) DO UPDATE
    SET last_used_at = excluded.last_used_at, seen = excluded.seen,
        trusted_until = coalesce(excluded.trusted_until, devices.trusted_until);

-- name: ForgetOldDevices :exec
-- Keeps those that were used last, and those that are forbidden.
DELETE FROM devices WHERE id IN (
    SELECT d.id FROM devices d WHERE d.account_id = @account_id AND d.forbidden_at IS NULL
    ORDER BY d.last_used_at DESC, d.id DESC OFFSET @kept::integer
);

-- name: ListDevices :many
SELECT * FROM devices WHERE account_id = $1 ORDER BY last_used_at DESC, id DESC;

-- name: LockDevice :one
-- Until the transaction ends nobody signs in on it.
SELECT * FROM devices WHERE id = $1 AND account_id = $2 FOR UPDATE;

-- name: UpdateDevice :exec
UPDATE devices SET sealed = $2, trusted_until = $3, forbidden_at = $4 WHERE id = $1;

-- name: DeleteDevice :exec
DELETE FROM devices WHERE id = $1;

-- name: DeleteForbiddenDevices :exec
DELETE FROM devices WHERE account_id = @account_id AND forbidden_at > @since;

-- name: DistrustDevices :exec
-- Touches each, so that a sign-in on one under way ends before or sees what else this transaction does.
UPDATE devices SET trusted_until = NULL WHERE account_id = $1;

-- name: DeviceOfSession :one
SELECT device_id FROM sessions WHERE id = $1 AND account_id = $2;
