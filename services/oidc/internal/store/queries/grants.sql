-- name: InsertGrant :execrows
-- No row when the code was redeemed before or its session has ended.
INSERT INTO grants (id, code_hash, client_id, account_id, session_id, scopes, auth_time, acr, amr, offline, generation,
                    rotated_at, issued_at, expires_at, language, declined, resources)
SELECT @id::uuid, @code_hash::bytea, @client_id::text, @account_id::uuid, @session_id::text, @scopes::text[],
       @auth_time::timestamptz, @acr::text, @amr::text[], @offline::boolean, 1, @issued_at::timestamptz,
       @issued_at::timestamptz, @expires_at::timestamptz, nullif(@language::text, ''),
       @declined::text[], @resources::text[]
WHERE NOT EXISTS (SELECT 1 FROM ended_sessions e WHERE e.session_id = @session_id::text)
ON CONFLICT (code_hash) DO NOTHING;

-- name: Grant :one
SELECT id, client_id, account_id, session_id, scopes, auth_time, acr, amr, offline, generation, rotated_at,
       superseded, expires_at, revoked_at, coalesce(language, '')::text AS language, declined, resources
FROM grants WHERE id = $1;

-- name: LockGrant :one
SELECT id, client_id, account_id, session_id, scopes, auth_time, acr, amr, offline, generation, rotated_at,
       superseded, expires_at, revoked_at, coalesce(language, '')::text AS language, declined, resources
FROM grants WHERE id = $1 FOR UPDATE;

-- name: RotateGrant :execrows
-- The honest case in one statement; the row's lock is the one that a revocation takes too. Of the generations before, as
-- many are remembered as may be presented within the grace period, but a bounded number.
UPDATE grants SET generation = generation + 1, rotated_at = @now::timestamptz,
    superseded = @now::timestamptz || CASE WHEN superseded[1] = rotated_at THEN ARRAY(
        SELECT t FROM unnest(superseded) AS t WHERE t >= @remember_since::timestamptz ORDER BY t DESC LIMIT 63
    ) ELSE '{}' END,
    language = coalesce(nullif(@language::text, ''), language)
WHERE id = @id AND generation = @generation AND revoked_at IS NULL AND expires_at > @now::timestamptz;

-- name: RevokeGrant :execrows
UPDATE grants SET revoked_at = @now::timestamptz WHERE id = @id AND revoked_at IS NULL;

-- name: RevokeByCode :one
UPDATE grants SET revoked_at = @now::timestamptz
WHERE code_hash = @code_hash AND client_id = @client_id AND revoked_at IS NULL
RETURNING id, account_id, client_id;

-- name: RevokeBySession :many
UPDATE grants SET revoked_at = @now::timestamptz
WHERE session_id = @session_id AND revoked_at IS NULL AND NOT offline
RETURNING id, account_id, client_id;

-- name: SweepGrants :execrows
DELETE FROM grants WHERE id IN (SELECT g.id FROM grants g WHERE g.expires_at < @before::timestamptz LIMIT 1000);

-- name: RevokeOffline :many
UPDATE grants SET revoked_at = @now::timestamptz
WHERE account_id = @account_id AND revoked_at IS NULL AND offline
RETURNING id, account_id, client_id;

-- name: ListPartnerSignIns :many
-- Which clients were given tokens since, each with the last time, newest first.
SELECT client_id, max(issued_at)::timestamptz AS last_at FROM grants
WHERE account_id = @account_id AND issued_at >= @since::timestamptz
GROUP BY client_id ORDER BY last_at DESC, client_id LIMIT 100;
