-- name: InsertSession :one
-- Returns the account's level and language, as they are now, and deletes some sessions and counts that are long past.
WITH old_sessions AS (
    DELETE FROM sessions WHERE id IN (
        SELECT s.id FROM sessions s
        WHERE s.expires_at < @swept_before::timestamptz ORDER BY s.expires_at LIMIT 100 FOR UPDATE SKIP LOCKED
    )
), old_failures AS (
    DELETE FROM sign_in_failures WHERE (subject, address) IN (
        SELECT o.subject, o.address FROM sign_in_failures o
        WHERE o.forget_at < @created_at ORDER BY o.forget_at LIMIT 100 FOR UPDATE SKIP LOCKED
    )
)
INSERT INTO sessions (id, account_id, surface, token_hash, auth_time, amr, created_at, expires_at, idle_expires_at)
VALUES (@id, @account_id, @surface, @token_hash, @auth_time, @amr, @created_at, @expires_at, @idle_expires_at)
RETURNING (SELECT a.level FROM accounts a WHERE a.id = sessions.account_id)::smallint AS level,
    (SELECT a.language FROM accounts a WHERE a.id = sessions.account_id)::text AS language;

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
