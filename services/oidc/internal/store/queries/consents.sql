-- name: Consent :one
-- What was agreed to, what was kept back, the level that a request of the client waits for (0 if none does), and whether the
-- person gives nothing that partners can do without.
SELECT coalesce(c.scopes, '{}')::text[] AS scopes, coalesce(c.declined, '{}')::text[] AS declined,
       coalesce(c.terms, '{}')::jsonb AS terms, coalesce(c.withdrawals, 0)::integer AS withdrawals,
       EXISTS (SELECT 1 FROM limited_accounts l WHERE l.account_id = @account_id::uuid AND l.limited) AS limited,
       coalesce((SELECT h.level FROM held_requests h
                 WHERE h.account_id = @account_id::uuid AND h.client_id = @client_id::text), 0)::integer AS held
FROM (SELECT 1) AS one
LEFT JOIN consents c ON c.account_id = @account_id::uuid AND c.client_id = @client_id::text;

-- name: PutConsent :exec
-- Of what was asked for, exactly what was agreed to and kept back; what was not asked for stays.
INSERT INTO consents AS c (account_id, client_id, scopes, declined, terms, changed_at)
VALUES (@account_id, @client_id, @agreed::text[], @declined::text[], @terms::jsonb, @changed_at)
ON CONFLICT (account_id, client_id) DO UPDATE SET
    scopes = ARRAY(SELECT unnest(@agreed::text[]) UNION
                   SELECT s FROM unnest(c.scopes) AS s WHERE s <> ALL (@asked::text[])),
    declined = ARRAY(SELECT unnest(@declined::text[]) UNION
                     SELECT d FROM unnest(c.declined) AS d WHERE d <> ALL (@asked_claims::text[])),
    terms = (c.terms - @asked::text[]) || excluded.terms,
    changed_at = excluded.changed_at;

-- name: LockPerson :exec
-- Alone for what ends a person's consents, shared by redemptions: of the two, one sees the other's work.
SELECT pg_advisory_xact_lock(hashtextextended('consents ' || @person::text, 0));

-- name: WithdrawConsent :execrows
UPDATE consents SET scopes = '{}', declined = '{}', terms = '{}', withdrawals = withdrawals + 1, changed_at = @now::timestamptz
WHERE account_id = @account_id AND client_id = @client_id AND scopes <> '{}';

-- name: ConsentKnown :one
SELECT EXISTS (SELECT 1 FROM consents WHERE account_id = @account_id AND client_id = @client_id);

-- name: ListConsents :many
-- What was agreed to and not withdrawn, the latest agreement first, after a position.
SELECT client_id, scopes, declined, terms, changed_at FROM consents
WHERE account_id = @account_id AND scopes <> '{}'
  AND (changed_at, client_id) < (@before_time::timestamptz, @before_client::text)
ORDER BY changed_at DESC, client_id DESC LIMIT @count;

-- name: PutLimit :execrows
-- No row when a later word is known already.
INSERT INTO limited_accounts AS l (account_id, limited, version) VALUES ($1, $2, $3)
ON CONFLICT (account_id) DO UPDATE SET limited = excluded.limited, version = excluded.version
WHERE l.version < excluded.version;

-- name: Limited :one
SELECT EXISTS (SELECT 1 FROM limited_accounts WHERE account_id = $1 AND limited);
