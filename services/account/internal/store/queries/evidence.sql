-- name: GetEvidence :one
SELECT * FROM evidence WHERE id = $1;

-- name: InsertEvidence :execrows
-- 0: a concurrent call has decided it.
INSERT INTO evidence (id, account_id, level, snapshot_id, refusal, decided_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING;
