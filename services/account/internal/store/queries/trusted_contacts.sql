-- name: InsertTrustedContact :exec
INSERT INTO trusted_contacts (id, principal_id, contact_id, login_kind, login, created_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: GetTrustedContact :one
SELECT * FROM trusted_contacts WHERE principal_id = @principal_id AND (ends_at IS NULL OR ends_at > @now::timestamptz)
ORDER BY created_at DESC, id LIMIT 1;

-- name: ListPrincipals :many
SELECT * FROM trusted_contacts WHERE contact_id = @contact_id::uuid AND (ends_at IS NULL OR ends_at > @now::timestamptz)
ORDER BY created_at, id;

-- name: GetPrincipal :one
SELECT * FROM trusted_contacts
WHERE id = @id AND contact_id = @contact_id::uuid AND (ends_at IS NULL OR ends_at > @now::timestamptz);

-- name: SetTrust :exec
UPDATE trusted_contacts SET accepted_at = $2, ends_at = $3 WHERE id = $1;

-- name: CountInvitations :one
-- How many an account has sent since an instant, and when the first of them was.
SELECT count(*) AS n, coalesce(min(created_at), @since)::timestamptz AS first FROM trusted_contacts
WHERE principal_id = @principal_id AND created_at > @since::timestamptz;

-- name: CountInvitationsTo :one
SELECT count(*) FROM trusted_contacts WHERE contact_id = @contact_id AND created_at > @since::timestamptz;
