-- name: Consent :one
SELECT scopes FROM consents WHERE account_id = $1 AND client_id = $2;

-- name: PutConsent :exec
-- Of what was asked for, exactly what was agreed to; what was not asked for stays.
INSERT INTO consents AS c (account_id, client_id, scopes, changed_at)
VALUES (@account_id, @client_id, @agreed::text[], @changed_at)
ON CONFLICT (account_id, client_id) DO UPDATE SET
    scopes = ARRAY(SELECT unnest(@agreed::text[]) UNION
                   SELECT s FROM unnest(c.scopes) AS s WHERE s <> ALL (@asked::text[])),
    changed_at = excluded.changed_at;
