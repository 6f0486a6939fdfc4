-- name: Client :one
SELECT id, names, secret_hash, redirect_uris, post_logout_redirect_uris, scopes, purposes, id_token_alg, public_subject,
       voluntary_claims, start_url, second_factor
FROM clients WHERE id = $1;

-- name: PutClient :execrows
-- No row when nothing changes.
INSERT INTO clients AS c (id, names, secret_hash, redirect_uris, post_logout_redirect_uris, origins, scopes, purposes,
                          id_token_alg, public_subject, voluntary_claims, start_url, second_factor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (id) DO UPDATE SET
    names = excluded.names, secret_hash = excluded.secret_hash, redirect_uris = excluded.redirect_uris,
    post_logout_redirect_uris = excluded.post_logout_redirect_uris, origins = excluded.origins,
    scopes = excluded.scopes, purposes = excluded.purposes, id_token_alg = excluded.id_token_alg,
    public_subject = excluded.public_subject, voluntary_claims = excluded.voluntary_claims, start_url = excluded.start_url,
    second_factor = excluded.second_factor
WHERE (c.names, c.secret_hash, c.redirect_uris, c.post_logout_redirect_uris, c.origins, c.scopes, c.purposes,
       c.id_token_alg, c.public_subject, c.voluntary_claims, c.start_url, c.second_factor)
  IS DISTINCT FROM
      (excluded.names, excluded.secret_hash, excluded.redirect_uris, excluded.post_logout_redirect_uris,
       excluded.origins, excluded.scopes, excluded.purposes, excluded.id_token_alg, excluded.public_subject,
       excluded.voluntary_claims, excluded.start_url, excluded.second_factor);

-- name: OriginKnown :one
-- On a loopback host any port will do: of the origins registered there only the host counts; empty elsewhere.
SELECT EXISTS (SELECT 1 FROM clients c WHERE c.secret_hash IS NULL AND (
    @origin::text = ANY (c.origins) OR (@loopback::text <> '' AND EXISTS (
        SELECT 1 FROM unnest(c.origins) AS o WHERE o = @loopback OR starts_with(o, @loopback || ':')))));
