-- name: LiveSnapshot :one
-- The account's snapshot that holds its data: pending or verified.
SELECT id, account_id, data, state, vouched FROM snapshots
WHERE account_id = $1 AND state <> 'VOID'
ORDER BY id DESC LIMIT 1;

-- name: GetSnapshot :one
SELECT id, account_id, data, state, vouched FROM snapshots WHERE id = $1 AND state <> 'VOID';

-- name: InsertSnapshot :exec
INSERT INTO snapshots (id, account_id, person_version, document_id, document_version, data, state, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', $7);

-- name: VerifySnapshot :execrows
UPDATE snapshots SET state = 'VERIFIED', ended_at = $3, vouched = @vouched
WHERE id = $1 AND account_id = $2 AND state = 'PENDING';

-- name: VoidSnapshot :execrows
UPDATE snapshots SET state = 'VOID', data = '', ended_at = $3
WHERE id = $1 AND account_id = $2 AND state = 'PENDING';
