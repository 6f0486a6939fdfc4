-- name: InsertGrant :execrows
-- No row when the code was redeemed before, its session has ended, what it was issued for was withdrawn, or it is for access
-- that the person has refused to all.
INSERT INTO grants (id, code_hash, client_id, account_id, session_id, scopes, auth_time, acr, amr, offline, generation,
                    rotated_at, issued_at, expires_at, language, declined, resources)
SELECT @id::uuid, @code_hash::bytea, @client_id::text, @account_id::uuid, @session_id::text, @scopes::text[],
       @auth_time::timestamptz, @acr::text, @amr::text[], @offline::boolean, 1, @issued_at::timestamptz,
       @issued_at::timestamptz, @expires_at::timestamptz, nullif(@language::text, ''),
       @declined::text[], @resources::text[]
WHERE NOT EXISTS (SELECT 1 FROM ended_sessions e WHERE e.session_id = @session_id::text)
  AND @withdrawals::integer = coalesce((SELECT c.withdrawals FROM consents c
                                        WHERE c.account_id = @account_id::uuid AND c.client_id = @client_id::text), 0)
  AND NOT (@offline::boolean AND EXISTS (SELECT 1 FROM limited_accounts l WHERE l.account_id = @account_id::uuid AND l.limited))
ON CONFLICT (code_hash) DO NOTHING;

-- name: Grant :one
SELECT id, client_id, account_id, session_id, scopes, auth_time, acr, amr, offline, generation, rotated_at,
       superseded, expires_at, revoked_at, coalesce(language, '')::text AS language, declined, resources, released,
       EXISTS (SELECT 1 FROM limited_accounts l WHERE l.account_id = grants.account_id AND l.limited) AS limited
FROM grants WHERE id = $1;

-- name: LockGrant :one
SELECT id, client_id, account_id, session_id, scopes, auth_time, acr, amr, offline, generation, rotated_at,
       superseded, expires_at, revoked_at, coalesce(language, '')::text AS language, declined, resources, released,
       EXISTS (SELECT 1 FROM limited_accounts l WHERE l.account_id = grants.account_id AND l.limited) AS limited
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
-- Which clients were given tokens or data in a stretch of time, of data by the day, each with the last time of both (the epoch: never) and the claims, newest first.
SELECT client_id, coalesce(max(signed_in_at), 'epoch')::timestamptz AS signed_in_at,
       coalesce(max(released_at), 'epoch')::timestamptz AS released_at,
       coalesce(array_agg(DISTINCT claim) FILTER (WHERE claim IS NOT NULL), '{}')::text[] AS claims
FROM (
    SELECT g.client_id, g.issued_at AS signed_in_at, NULL::timestamptz AS released_at, NULL::text AS claim FROM grants g
    WHERE g.account_id = @account_id::uuid AND g.issued_at BETWEEN @since::timestamptz AND @until::timestamptz
    UNION ALL
    SELECT r.client_id, NULL, r.last_at, claim FROM data_releases r CROSS JOIN unnest(r.claims) AS claim
    WHERE r.account_id = @account_id::uuid AND r.last_at >= @since::timestamptz
      AND r.day <= @until::timestamptz
) AS seen
GROUP BY client_id ORDER BY greatest(max(signed_in_at), max(released_at)) DESC, client_id LIMIT 100;
