-- name: ReadFailures :many
SELECT * FROM sign_in_failures WHERE subject = @subject AND address = ANY(@addresses::bytea[]);

-- name: LockFailures :many
-- Creates the rows that are new and locks both until the transaction ends: attempts at one subject are decided in turn.
INSERT INTO sign_in_failures (subject, address, forget_at)
SELECT @subject, unnest(@addresses::bytea[]), unnest(@forget_at::timestamptz[])
ON CONFLICT (subject, address) DO UPDATE SET subject = excluded.subject
RETURNING *;

-- name: SetFailures :exec
UPDATE sign_in_failures SET failures = $3, since = $4, last_at = $5, known_until = $6, forget_at = $7
WHERE subject = $1 AND address = $2;

-- name: KnowAddress :exec
-- The holder has signed in from here; a time that is hardly later is not worth a row's change.
UPDATE sign_in_failures SET known_until = @known_until, forget_at = greatest(forget_at, @known_until::timestamptz)
WHERE subject = @subject AND address = @address AND (known_until IS NULL OR known_until < @worth_before::timestamptz);
