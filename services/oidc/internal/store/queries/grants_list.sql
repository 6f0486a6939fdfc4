-- name: ListGrants :many
-- Those of an account that live, the latest first, after a position.
SELECT id, client_id, scopes, offline, issued_at, rotated_at, expires_at FROM grants
WHERE account_id = @account_id AND revoked_at IS NULL AND expires_at > @now::timestamptz
  AND (issued_at, id) < (@before_time::timestamptz, @before_id::uuid)
ORDER BY issued_at DESC, id DESC LIMIT @count;

-- name: RevokeByConsent :many
UPDATE grants SET revoked_at = @now::timestamptz
WHERE account_id = @account_id AND client_id = @client_id AND revoked_at IS NULL
RETURNING id, account_id, client_id;
