-- name: InsertSession :exec
INSERT INTO sessions (id, account_id, surface, token_hash, auth_time, amr, created_at, expires_at, idle_expires_at)
VALUES (@id, @account_id, @surface, @token_hash, @auth_time, @amr, @created_at, @expires_at, @idle_expires_at);

-- name: ResolveSession :one
-- Finds the live session of a token and moves its idle end, but not at every use: a commit costs more than a read.
WITH live AS (
    SELECT s.* FROM sessions s
    WHERE s.token_hash = @token_hash AND s.surface = @surface AND s.ended_at IS NULL
      AND s.expires_at > @now::timestamptz AND s.idle_expires_at > @now::timestamptz
), slid AS (
    UPDATE sessions SET idle_expires_at = least(sessions.expires_at, @idle_until::timestamptz)
    FROM live
    WHERE sessions.id = live.id AND live.idle_expires_at < @slide_before::timestamptz
      AND live.idle_expires_at < live.expires_at
)
SELECT live.id, live.account_id, live.surface, live.auth_time, live.amr, live.expires_at, live.idle_expires_at, accounts.level,
       accounts.language
FROM live JOIN accounts ON accounts.id = live.account_id;

-- name: GetSession :one
SELECT s.id, s.account_id, s.surface, s.auth_time, s.amr, s.expires_at, s.idle_expires_at, accounts.level, accounts.language
FROM sessions s JOIN accounts ON accounts.id = s.account_id
WHERE s.id = @id AND s.ended_at IS NULL
  AND s.expires_at > @now::timestamptz AND s.idle_expires_at > @now::timestamptz;

-- name: RenewSession :execrows
-- 0: it has ended meanwhile, or another request has renewed it.
UPDATE sessions SET token_hash = @token_hash, auth_time = @auth_time, amr = @amr, idle_expires_at = @idle_expires_at
WHERE id = @id AND auth_time = @renewed_auth_time
  AND ended_at IS NULL AND expires_at > @auth_time AND idle_expires_at > @auth_time;

-- name: EndSession :execrows
UPDATE sessions SET ended_at = $3 WHERE id = $1 AND account_id = $2 AND ended_at IS NULL;
