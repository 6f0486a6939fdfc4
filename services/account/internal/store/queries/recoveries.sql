-- name: InsertRecovery :exec
INSERT INTO sign_ins (
    id, token_hash, purpose, account_id, subject, surface, needs, met, challenge, contact_kind, contact, created_at, expires_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: FindRecovery :one
SELECT * FROM sign_ins WHERE token_hash = @token_hash AND surface = @surface AND purpose = 3;

-- name: FindRecoveryToCancel :one
SELECT * FROM sign_ins WHERE cancel_hash = @cancel_hash::bytea;

-- name: GetRecovery :one
SELECT * FROM sign_ins WHERE id = $1 AND purpose = 3;

-- name: SetRecovery :exec
UPDATE sign_ins SET account_id = @account_id, needs = @needs, met = @met, code_expires_at = @code_expires_at,
    waits_since = @waits_since, effective_at = @effective_at, cancel_hash = @cancel_hash, cancelled_at = @cancelled_at, expires_at = @expires_at,
    done_at = @done_at
WHERE id = @id;

-- name: GetRecoveryFacts :one
-- What decides how an account is recovered. A contact that has come into the account after fresh_since does not count beside another.
SELECT a.level,
       ARRAY(
           SELECT DISTINCT f.kind FROM factors f
           WHERE f.account_id = a.id AND f.activated_at IS NOT NULL
             AND (f.kind <> 5 OR EXISTS (SELECT FROM backup_codes b WHERE b.factor_id = f.id AND b.spent_at IS NULL))
       )::smallint[] AS factors,
       ARRAY(
           SELECT i.kind FROM identifiers i
           WHERE i.account_id = a.id AND i.kind IN ('phone', 'email')
             AND (i.added_at IS NULL OR i.added_at <= @fresh_since::timestamptz)
       )::text[] AS contacts,
       ARRAY(
           SELECT f.id FROM factors f WHERE f.account_id = a.id AND f.activated_at IS NOT NULL
           UNION ALL SELECT i.id FROM identifiers i WHERE i.account_id = a.id
       )::uuid[] AS holdings,
       EXISTS (SELECT FROM control_questions q WHERE q.account_id = a.id)::boolean AS question
FROM accounts a WHERE a.id = @account_id;

-- name: LockRecoveryFailures :one
-- Creates the row that is new and locks it until the transaction ends: answers of one kind are judged in turn.
INSERT INTO recovery_failures (account_id, kind) VALUES ($1, $2)
ON CONFLICT (account_id, kind) DO UPDATE SET kind = excluded.kind
RETURNING *;

-- name: SetRecoveryFailures :exec
UPDATE recovery_failures SET failures = $3, locked_until = $4 WHERE account_id = $1 AND kind = $2;

-- name: DeleteCredential :exec
DELETE FROM credentials WHERE account_id = $1;

-- name: GetControlQuestion :one
SELECT * FROM control_questions WHERE account_id = $1;

-- name: SetControlQuestion :exec
INSERT INTO control_questions (account_id, sealed, set_at) VALUES ($1, $2, $3)
ON CONFLICT (account_id) DO UPDATE SET sealed = excluded.sealed, set_at = excluded.set_at;

-- name: DeleteControlQuestion :execrows
DELETE FROM control_questions WHERE account_id = $1;

-- name: DeleteRecoveryFailures :exec
-- The person has set anew what was guessed at.
DELETE FROM recovery_failures WHERE account_id = $1 AND kind = $2;
