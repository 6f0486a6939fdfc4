-- name: PutMisbehaviour :exec
INSERT INTO client_misbehaviours AS m (client_id, kinds, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (client_id) DO UPDATE SET kinds = excluded.kinds, expires_at = excluded.expires_at;

-- name: Misbehaviour :one
SELECT kinds, expires_at FROM client_misbehaviours WHERE client_id = $1;
