-- name: LockKeys :exec
-- Replicas that start together agree on the keys.
SELECT pg_advisory_xact_lock(hashtextextended('oidc signing keys', 0));

-- name: Keys :many
SELECT id, alg, private_key, not_before FROM signing_keys ORDER BY not_before, id;

-- name: InsertKey :exec
INSERT INTO signing_keys (id, alg, private_key, not_before) VALUES ($1, $2, $3, $4);

-- name: RotationRequested :one
-- When an operator last wanted other keys; the year 1 if never.
SELECT coalesce(max(requested_at), '0001-01-01T00:00:00Z')::timestamptz FROM key_rotations;

-- name: RequestRotation :exec
INSERT INTO key_rotations (requested_at) VALUES ($1) ON CONFLICT DO NOTHING;
