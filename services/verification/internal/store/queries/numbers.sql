-- name: InsertNumber :exec
INSERT INTO numbers (verification_id, kind, index_key_id, index_value) VALUES ($1, $2, $3, $4);

-- name: LockNumber :exec
-- One submission of a number at a time, whatever key it is indexed with.
SELECT pg_advisory_xact_lock($1);

-- name: NumberHistory :one
-- Submissions of the number by anybody that did not match, or may yet not.
SELECT count(*)::int AS tries, coalesce(max(v.created_at), 'epoch')::timestamptz AS last_try
FROM numbers n JOIN verifications v ON v.id = n.verification_id
WHERE n.kind = $1 AND n.index_value = ANY (@index_values::bytea[])
  AND v.state IN ('PENDING', 'NOT_MATCHED') AND v.created_at > @since::timestamptz;
