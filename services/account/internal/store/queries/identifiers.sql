-- name: LockValue :exec
-- Two transactions that claim one value take turns.
SELECT pg_advisory_xact_lock($1);

-- name: FindIdentifier :one
-- The account that the value belongs to, under any live index key.
SELECT account_id FROM identifiers
WHERE kind = @kind AND (index_key_id, index_value) IN (SELECT unnest(@key_ids::integer[]), unnest(@key_values::bytea[]));

-- name: FindHolder :one
-- The account that the value belongs to, its password, and what else it takes to sign in: one statement, found or not, so that
-- both take as long.
SELECT a.id AS account_id, c.sealed, a.level, a.language,
       ARRAY(
           SELECT DISTINCT f.kind FROM factors f
           WHERE f.account_id = a.id AND f.activated_at IS NOT NULL
             AND (f.kind <> 5 OR EXISTS (SELECT FROM backup_codes b WHERE b.factor_id = f.id AND b.spent_at IS NULL))
       )::smallint[] AS factors,
       coalesce(d.trusted_until > @now::timestamptz AND d.forbidden_at IS NULL, false)::boolean AS remembered,
       (d.id IS NOT NULL)::boolean AS device_known, (d.forbidden_at IS NOT NULL)::boolean AS device_forbidden,
       (a.devices_since IS NOT NULL)::boolean AS had_devices, a.new_devices,
       (a.sign_in_locked_at IS NOT NULL)::boolean AS sign_in_locked, d.token_hash AS device
FROM identifiers i JOIN accounts a ON a.id = i.account_id LEFT JOIN credentials c ON c.account_id = a.id
    LEFT JOIN LATERAL (
        SELECT * FROM devices WHERE devices.account_id = a.id AND devices.token_hash = ANY (@devices::bytea[])
        ORDER BY devices.forbidden_at IS NULL, devices.last_used_at DESC LIMIT 1
    ) d ON true
WHERE i.kind = @kind
  AND (i.index_key_id, i.index_value) IN (SELECT unnest(@key_ids::integer[]), unnest(@key_values::bytea[]));

-- name: GetHolder :one
SELECT a.id AS account_id, c.sealed, a.level, a.language,
       ARRAY(
           SELECT DISTINCT f.kind FROM factors f
           WHERE f.account_id = a.id AND f.activated_at IS NOT NULL
             AND (f.kind <> 5 OR EXISTS (SELECT FROM backup_codes b WHERE b.factor_id = f.id AND b.spent_at IS NULL))
       )::smallint[] AS factors,
       coalesce(d.trusted_until > @now::timestamptz AND d.forbidden_at IS NULL, false)::boolean AS remembered,
       (d.id IS NOT NULL)::boolean AS device_known, (d.forbidden_at IS NOT NULL)::boolean AS device_forbidden,
       (a.devices_since IS NOT NULL)::boolean AS had_devices, a.new_devices,
       (a.sign_in_locked_at IS NOT NULL)::boolean AS sign_in_locked, d.token_hash AS device
FROM accounts a LEFT JOIN credentials c ON c.account_id = a.id
    LEFT JOIN LATERAL (
        SELECT * FROM devices WHERE devices.account_id = a.id AND devices.token_hash = ANY (@devices::bytea[])
        ORDER BY devices.forbidden_at IS NULL, devices.last_used_at DESC LIMIT 1
    ) d ON true
WHERE a.id = @account_id;

-- name: InsertIdentifier :exec
INSERT INTO identifiers (id, account_id, kind, index_key_id, index_value, sealed, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: ListIdentifiers :many
SELECT id, kind, sealed, added_at FROM identifiers WHERE account_id = $1 AND kind = ANY(@kinds::text[]) ORDER BY kind DESC;
