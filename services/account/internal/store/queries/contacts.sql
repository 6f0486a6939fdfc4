-- name: DeleteIdentifier :execrows
DELETE FROM identifiers WHERE id = $1 AND account_id = $2;

-- name: HasSMSFactor :one
-- Codes for signing in go to the account's phone (propusk.account.v1.StepKind SMS_CODE).
SELECT EXISTS (SELECT FROM factors WHERE account_id = $1 AND kind = 2 AND activated_at IS NOT NULL);

-- name: InsertContactChange :execrows
-- 0: the same request has stored it.
INSERT INTO contact_changes (id, account_id, kind, state, sealed, old_id, old_sealed, cancel_hash, code_expires_at, resend_at,
    effective_at, created_at, expires_at)
VALUES (@id, @account_id, @kind, @state, @sealed, @old_id, @old_sealed, @cancel_hash, @code_expires_at, @resend_at,
    @effective_at, @created_at, @expires_at)
ON CONFLICT (id) DO NOTHING;

-- name: GetContactChange :one
SELECT * FROM contact_changes WHERE id = $1;

-- name: FindContactChange :one
SELECT * FROM contact_changes WHERE cancel_hash = $1;

-- name: ListOpenContactChanges :many
SELECT * FROM contact_changes
WHERE account_id = @account_id AND (state = 'UNPROVEN' AND expires_at > @now::timestamptz OR state = 'WAITING')
ORDER BY created_at;

-- name: CountContactChanges :one
-- How many contacts the account was to have since an instant, and when the first of them came.
SELECT count(*)::integer AS n, coalesce(min(created_at), @since)::timestamptz AS first FROM contact_changes
WHERE account_id = @account_id AND created_at > @since::timestamptz AND code_expires_at IS NOT NULL;

-- name: SetContactCode :exec
UPDATE contact_changes SET code_expires_at = $2, resend_at = $3 WHERE id = $1 AND state = 'UNPROVEN';

-- name: UpdateContactChange :exec
UPDATE contact_changes SET state = @state, sealed = @sealed, old_id = @old_id, old_sealed = @old_sealed,
    cancel_hash = @cancel_hash, effective_at = @effective_at, expires_at = @expires_at
WHERE id = @id;

-- name: EndUnproven :exec
-- Makes room for another: at most one of a kind is open.
UPDATE contact_changes SET state = 'GIVEN_UP', sealed = NULL WHERE account_id = $1 AND kind = $2 AND state = 'UNPROVEN';

-- name: ForgetOldContact :exec
UPDATE contact_changes SET old_sealed = NULL WHERE id = $1;

-- name: InsertContactClaim :execrows
-- 0: the same request has stored it.
INSERT INTO contact_claims (id, token_hash, kind, state, sealed, code_expires_at, resend_at, created_at, expires_at)
VALUES (@id, @token_hash, @kind, 'CODE_SENT', @sealed, @code_expires_at, @resend_at, @created_at, @expires_at)
ON CONFLICT (id) DO NOTHING;

-- name: FindContactClaim :one
SELECT * FROM contact_claims WHERE token_hash = $1;

-- name: FindContactClaimToCancel :one
SELECT * FROM contact_claims WHERE cancel_hash = $1;

-- name: LockContactClaim :one
SELECT * FROM contact_claims WHERE id = $1 FOR UPDATE;

-- name: GetContactClaim :one
SELECT * FROM contact_claims WHERE id = $1;

-- name: SetClaimCode :exec
UPDATE contact_claims SET code_expires_at = $2, resend_at = $3 WHERE id = $1 AND state = 'CODE_SENT';

-- name: UpdateContactClaim :exec
UPDATE contact_claims SET state = @state, account_id = @account_id, contact_id = @contact_id, cancel_hash = @cancel_hash,
    effective_at = @effective_at, expires_at = @expires_at
WHERE id = @id;

-- name: ListWaitingClaims :many
SELECT * FROM contact_claims WHERE account_id = @account_id::uuid AND state = 'WAITING' AND expires_at > @now::timestamptz;
