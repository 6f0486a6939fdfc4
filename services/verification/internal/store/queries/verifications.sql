-- name: InsertVerification :execrows
-- Nothing when the snapshot has a case, or the account a pending one.
INSERT INTO verifications (id, account_id, snapshot_id, state, created_at, deadline, address)
VALUES ($1, $2, $3, 'PENDING', $4, $5, $6)
ON CONFLICT DO NOTHING;

-- name: GetVerification :one
SELECT id, account_id, snapshot_id, state, created_at, deadline, ended_at, address FROM verifications WHERE id = $1;

-- name: LockVerification :one
SELECT id, account_id, snapshot_id, state, created_at, deadline, ended_at, address FROM verifications WHERE id = $1
FOR NO KEY UPDATE;

-- name: VerificationOfSnapshot :one
SELECT id, account_id, snapshot_id, state, created_at, deadline, ended_at, address FROM verifications WHERE snapshot_id = $1;

-- name: ListVerifications :many
SELECT id, account_id, snapshot_id, state, created_at, deadline, ended_at, address FROM verifications
WHERE account_id = $1 AND id < @before
ORDER BY id DESC LIMIT $2;

-- name: EndVerification :exec
UPDATE verifications SET state = $2, ended_at = $3 WHERE id = $1;

-- name: AccountHistory :one
-- What bounds an account: how its verifications ended, and those that did not match since an instant.
SELECT
    count(*) FILTER (WHERE state = 'PENDING')::int AS pending,
    count(*) FILTER (WHERE state = 'MATCHED')::int AS matched,
    count(*) FILTER (WHERE state = 'NOT_MATCHED' AND ended_at > @since::timestamptz)::int AS not_matched,
    coalesce(min(ended_at) FILTER (WHERE state = 'NOT_MATCHED' AND ended_at > @since::timestamptz), 'epoch')::timestamptz
        AS first_not_matched
FROM verifications WHERE account_id = @account_id;

-- name: AddressHistory :one
-- Mismatches of what was submitted from an address, by whomever, and what other accounts have under way from there.
SELECT
    count(*)::int AS not_matched, coalesce(max(ended_at), 'epoch')::timestamptz AS last_not_matched,
    (
        SELECT count(*) FROM verifications AS p
        WHERE p.address = @address::bytea AND p.state = 'PENDING' AND p.account_id <> @account_id
    )::int AS pending
FROM verifications AS v WHERE v.address = @address::bytea AND v.state = 'NOT_MATCHED' AND v.ended_at > @since::timestamptz;

-- name: LockAddress :exec
-- Submissions from one address are counted one after the other.
SELECT pg_advisory_xact_lock(hashtextextended('verification address ' || encode(@address::bytea, 'hex'), 0));

-- name: MismatchBefore :one
-- When the mismatch ended that so many newer ones of the whole installation follow.
SELECT ended_at FROM verifications WHERE state = 'NOT_MATCHED' AND ended_at > @since::timestamptz
ORDER BY ended_at DESC LIMIT 1 OFFSET @newer::int;
