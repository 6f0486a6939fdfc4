-- name: ListFactors :many
SELECT sqlc.embed(f), (SELECT count(*) FROM backup_codes b WHERE b.factor_id = f.id AND b.spent_at IS NULL)::integer AS codes_left
FROM factors f WHERE f.account_id = $1 ORDER BY f.created_at, f.id;

-- name: LockFactor :one
-- The one factor of its kind that an account has bound: proofs of one factor are judged in turn.
SELECT * FROM factors WHERE account_id = $1 AND kind = $2 AND activated_at IS NOT NULL FOR UPDATE;

-- name: LockFactorByLookup :one
-- The factor that a proof names, whosever it is.
SELECT * FROM factors WHERE lookup = $1 AND activated_at IS NOT NULL FOR UPDATE;

-- name: LockFactorByID :one
SELECT * FROM factors WHERE account_id = $1 AND id = $2 FOR UPDATE;

-- name: InsertFactor :exec
INSERT INTO factors (id, account_id, kind, sealed, created_at, activated_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: SetFactor :exec
UPDATE factors SET sealed = $2, lookup = $3, last_step = $4, failures = $5, locked_until = $6, activated_at = $7, last_used_at = $8
WHERE id = $1;

-- name: DeleteFactor :exec
DELETE FROM factors WHERE id = $1;

-- name: DeletePendingFactors :exec
-- What was begun and not finished makes room for what is begun now.
DELETE FROM factors WHERE account_id = $1 AND kind = $2 AND activated_at IS NULL;

-- name: InsertBackupCodes :exec
INSERT INTO backup_codes (factor_id, mac) SELECT @factor_id, unnest(@macs::bytea[]);

-- name: SpendBackupCode :execrows
-- 0: there is no such code, or it is spent. Of many at once exactly one gets 1.
UPDATE backup_codes SET spent_at = @spent_at WHERE factor_id = @factor_id AND mac = @mac AND spent_at IS NULL;
