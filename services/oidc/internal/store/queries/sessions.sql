-- name: LockSession :exec
-- Shared by redemptions, alone for the end of the session: of the two, one sees the other's work.
SELECT pg_advisory_xact_lock_shared(hashtextextended(@session_id::text, 0));

-- name: LockSessionAlone :exec
SELECT pg_advisory_xact_lock(hashtextextended(@session_id::text, 0));

-- name: EndSession :exec
INSERT INTO ended_sessions (session_id, ended_at) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: SweepSessions :execrows
DELETE FROM ended_sessions
WHERE session_id IN (SELECT e.session_id FROM ended_sessions e WHERE e.ended_at < @before::timestamptz LIMIT 1000);

-- name: SessionUsers :many
-- Which clients were given something in a session, expired or not.
SELECT DISTINCT client_id, account_id FROM grants WHERE session_id = $1 AND revoked_at IS NULL LIMIT 1000;

-- name: AccountUsers :many
-- Which clients were given something for an account, expired or not.
SELECT DISTINCT client_id, account_id FROM grants WHERE account_id = $1 AND revoked_at IS NULL LIMIT 1000;
