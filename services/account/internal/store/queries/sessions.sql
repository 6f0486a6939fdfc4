-- name: InsertSession :exec
-- One that begins while its device is forbidden, or the account's sign-in locked, has ended: whichever of the two commits
-- first, no session is left. UseDevice, just before, has waited for the other.
INSERT INTO sessions (
    id, account_id, surface, token_hash, auth_time, amr, steps, proof_time, created_at, expires_at, idle_expires_at, last_used_at,
    seen, device_id, ended_at
)
SELECT @id::uuid, a.id, @surface, @token_hash, @auth_time, @amr, @steps, @proof_time, @created_at, @expires_at, @idle_expires_at,
       @created_at, @seen, d.id,
       CASE WHEN d.forbidden_at IS NOT NULL OR a.sign_in_locked_at IS NOT NULL THEN @created_at::timestamptz END
FROM accounts a LEFT JOIN devices d ON d.account_id = a.id AND d.token_hash = @device::bytea
WHERE a.id = @account_id;

-- name: ResolveSession :one
-- Finds the live session of a token, moves its idle end and stores its use, but not at every use: a commit costs more than
-- a read.
WITH live AS (
    SELECT s.* FROM sessions s
    WHERE s.token_hash = @token_hash AND s.surface = @surface AND s.ended_at IS NULL
      AND s.expires_at > @now::timestamptz AND s.idle_expires_at > @now::timestamptz
), slid AS (
    UPDATE sessions SET idle_expires_at = least(sessions.expires_at, @idle_until::timestamptz), last_used_at = @now::timestamptz,
        seen = @seen
    FROM live
    WHERE sessions.id = live.id AND coalesce(live.last_used_at, live.created_at) < @used_before::timestamptz
)
SELECT live.id, live.account_id, live.surface, live.auth_time, live.amr, live.steps, live.proof_time, live.expires_at,
       live.idle_expires_at, accounts.level, accounts.language
FROM live JOIN accounts ON accounts.id = live.account_id;

-- name: GetSession :one
SELECT s.id, s.account_id, s.surface, s.auth_time, s.amr, s.steps, s.proof_time, s.expires_at,
       s.idle_expires_at, accounts.level, accounts.language
FROM sessions s JOIN accounts ON accounts.id = s.account_id
WHERE s.id = @id AND s.ended_at IS NULL
  AND s.expires_at > @now::timestamptz AND s.idle_expires_at > @now::timestamptz;

-- name: RenewSession :execrows
-- 0: it has ended meanwhile, or another request has renewed it.
UPDATE sessions SET token_hash = @token_hash, auth_time = @auth_time, amr = @amr, steps = @steps, proof_time = @proof_time,
    idle_expires_at = @idle_expires_at, last_used_at = @auth_time, seen = @seen
WHERE id = @id AND auth_time = @renewed_auth_time
  AND ended_at IS NULL AND expires_at > @auth_time AND idle_expires_at > @auth_time;

-- name: EndSession :execrows
UPDATE sessions SET ended_at = $3 WHERE id = $1 AND account_id = $2 AND ended_at IS NULL;

-- name: EndOtherSessions :many
-- Ends all of an account's but one, and says which.
UPDATE sessions SET ended_at = @now::timestamptz
WHERE account_id = @account_id AND id <> @kept AND ended_at IS NULL
  AND expires_at > @now::timestamptz AND idle_expires_at > @now::timestamptz
RETURNING id;

-- name: EndSignIns :exec
-- Ends the account's sign-ins under way, but those of one session. Recoveries go on: whoever knows the password could else stop the
-- person, who is told of each with a link that stops it.
UPDATE sign_ins SET done_at = @now::timestamptz
WHERE account_id = @account_id::uuid AND done_at IS NULL AND session_id IS DISTINCT FROM @kept::uuid AND purpose <> 3;

-- name: EndRecoveries :exec
-- Ends the account's recoveries under way: one of them is completed.
UPDATE sign_ins SET done_at = @now::timestamptz WHERE account_id = @account_id::uuid AND done_at IS NULL AND purpose = 3;

-- name: ListSessions :many
SELECT s.id, s.surface, s.token_hash, s.steps, s.amr, s.auth_time, s.created_at, coalesce(s.last_used_at, s.created_at)::timestamptz AS used_at,
       s.seen, s.device_id, d.sealed AS device_sealed
FROM sessions s LEFT JOIN devices d ON d.id = s.device_id
WHERE s.account_id = @account_id AND s.ended_at IS NULL
  AND s.expires_at > @now::timestamptz AND s.idle_expires_at > @now::timestamptz
ORDER BY coalesce(s.last_used_at, s.created_at) DESC, s.id DESC LIMIT 100;

-- name: HasSession :one
-- Whether the account has it, or had.
SELECT EXISTS (SELECT FROM sessions WHERE id = $1 AND account_id = $2);

-- name: EndDeviceSessions :many
UPDATE sessions SET ended_at = @now::timestamptz
WHERE account_id = @account_id AND device_id = @device_id::uuid AND ended_at IS NULL
  AND expires_at > @now::timestamptz AND idle_expires_at > @now::timestamptz
RETURNING id;

-- name: SeenInSession :one
SELECT token_hash, seen FROM sessions WHERE id = $1;
