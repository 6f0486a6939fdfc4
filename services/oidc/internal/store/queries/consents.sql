-- name: Consent :one
-- What was agreed to, what was kept back, and the level that a request of the client waits for: 0 if none does.
SELECT coalesce(c.scopes, '{}')::text[] AS scopes, coalesce(c.declined, '{}')::text[] AS declined,
       coalesce((SELECT h.level FROM held_requests h
                 WHERE h.account_id = @account_id::uuid AND h.client_id = @client_id::text), 0)::integer AS held
FROM (SELECT 1) AS one
LEFT JOIN consents c ON c.account_id = @account_id::uuid AND c.client_id = @client_id::text;

-- name: PutConsent :exec
-- Of what was asked for, exactly what was agreed to and kept back; what was not asked for stays.
INSERT INTO consents AS c (account_id, client_id, scopes, declined, changed_at)
VALUES (@account_id, @client_id, @agreed::text[], @declined::text[], @changed_at)
ON CONFLICT (account_id, client_id) DO UPDATE SET
    scopes = ARRAY(SELECT unnest(@agreed::text[]) UNION
                   SELECT s FROM unnest(c.scopes) AS s WHERE s <> ALL (@asked::text[])),
    declined = ARRAY(SELECT unnest(@declined::text[]) UNION
                     SELECT d FROM unnest(c.declined) AS d WHERE d <> ALL (@asked_claims::text[])),
    changed_at = excluded.changed_at;
