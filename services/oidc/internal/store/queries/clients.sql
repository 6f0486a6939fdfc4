-- name: LockClient :exec
-- Of two that change a client, one sees the other's work.
SELECT pg_advisory_xact_lock(hashtextextended('oidc client ' || @id::text, 0));

-- name: Client :one
SELECT c.id, c.names, c.secret_hash, c.redirect_uris, c.post_logout_redirect_uris, c.scopes, c.purposes, c.id_token_alg,
       c.public_subject, c.voluntary_claims, c.start_url, c.second_factor, c.settings, c.sector, c.created_at, c.updated_at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'hash', encode(s.hash, 'base64'), 'created_at', s.created_at,
                                                     'expires_at', s.expires_at) ORDER BY s.created_at, s.id)
                 FROM client_secrets s WHERE s.client_id = c.id), '[]')::jsonb AS secrets
FROM clients c WHERE c.id = $1;

-- name: Clients :many
SELECT c.id, c.names, c.secret_hash, c.redirect_uris, c.post_logout_redirect_uris, c.scopes, c.purposes, c.id_token_alg,
       c.public_subject, c.voluntary_claims, c.start_url, c.second_factor, c.settings, c.sector, c.created_at, c.updated_at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'hash', encode(s.hash, 'base64'), 'created_at', s.created_at,
                                                     'expires_at', s.expires_at) ORDER BY s.created_at, s.id)
                 FROM client_secrets s WHERE s.client_id = c.id), '[]')::jsonb AS secrets
FROM clients c WHERE c.id > @after::text AND (@owner::text = '' OR c.settings->>'owner' = @owner::text) ORDER BY c.id LIMIT @count;

-- name: PutClient :exec
INSERT INTO clients AS c (id, names, secret_hash, redirect_uris, post_logout_redirect_uris, origins, scopes, purposes,
                          id_token_alg, public_subject, voluntary_claims, start_url, second_factor, settings, sector,
                          created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (id) DO UPDATE SET
    names = excluded.names, secret_hash = excluded.secret_hash, redirect_uris = excluded.redirect_uris,
    post_logout_redirect_uris = excluded.post_logout_redirect_uris, origins = excluded.origins,
    scopes = excluded.scopes, purposes = excluded.purposes, id_token_alg = excluded.id_token_alg,
    public_subject = excluded.public_subject, voluntary_claims = excluded.voluntary_claims, start_url = excluded.start_url,
    second_factor = excluded.second_factor, settings = excluded.settings, sector = excluded.sector,
    updated_at = excluded.updated_at;

-- name: PutClientSecret :exec
INSERT INTO client_secrets AS s (id, client_id, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at WHERE s.client_id = excluded.client_id;

-- name: DeleteOtherClientSecrets :exec
DELETE FROM client_secrets WHERE client_id = @client_id AND id <> ALL (@keep::uuid[]);

-- name: DeleteClient :execrows
DELETE FROM clients WHERE id = $1;

-- name: DeleteClientConsents :exec
DELETE FROM consents WHERE client_id = $1;

-- name: DeleteClientHeldRequests :exec
DELETE FROM held_requests WHERE client_id = $1;

-- name: RevokeByClient :many
-- So many at a time.
UPDATE grants SET revoked_at = @now::timestamptz
WHERE id IN (SELECT g.id FROM grants g WHERE g.client_id = @client_id AND g.revoked_at IS NULL LIMIT @count)
RETURNING id, account_id, client_id;

-- name: OriginKnown :one
-- On a loopback host any port will do: of the origins registered there only the host counts; empty elsewhere.
SELECT EXISTS (SELECT 1 FROM clients c WHERE c.secret_hash IS NULL AND (
    @origin::text = ANY (c.origins) OR (@loopback::text <> '' AND EXISTS (
        SELECT 1 FROM unnest(c.origins) AS o WHERE o = @loopback OR starts_with(o, @loopback || ':')))));

-- name: CountClientsOf :one
SELECT count(*)::int FROM clients WHERE settings->>'owner' = @owner::text;
