-- name: LockValue :exec
-- Two transactions that claim one value take turns.
SELECT pg_advisory_xact_lock($1);

-- name: FindIdentifier :one
-- The account that the value belongs to, under any live index key.
SELECT account_id FROM identifiers
WHERE kind = @kind AND (index_key_id, index_value) IN (SELECT unnest(@key_ids::integer[]), unnest(@key_values::bytea[]));

-- name: FindCredential :one
-- The password, level and language of the account that the value belongs to: one statement, found or not, so that both take as long.
SELECT c.account_id, c.sealed, a.level, a.language
FROM identifiers i JOIN credentials c ON c.account_id = i.account_id JOIN accounts a ON a.id = i.account_id
WHERE i.kind = @kind
  AND (i.index_key_id, i.index_value) IN (SELECT unnest(@key_ids::integer[]), unnest(@key_values::bytea[]));

-- name: InsertIdentifier :exec
INSERT INTO identifiers (id, account_id, kind, index_key_id, index_value, sealed) VALUES ($1, $2, $3, $4, $5, $6);

-- name: ListIdentifiers :many
SELECT id, kind, sealed FROM identifiers WHERE account_id = $1 AND kind = ANY(@kinds::text[]);
