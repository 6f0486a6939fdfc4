-- name: LockKeys :exec
-- Replicas that start together agree on the keys.
SELECT pg_advisory_xact_lock(hashtextextended('oidc signing keys', 0));

-- name: Keys :many
SELECT id, alg, private_key, not_before FROM signing_keys ORDER BY not_before, id;

-- name: InsertKey :exec
INSERT INTO signing_keys (id, alg, private_key, not_before) VALUES ($1, $2, $3, $4);
