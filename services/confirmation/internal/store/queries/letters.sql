-- name: NextLetterNumber :one
SELECT nextval('letter_numbers')::bigint;

-- name: InsertLetter :exec
INSERT INTO letter_orders
    (id, account_id, snapshot_id, code_mac, addressee, address, pdf, body, tracking_number, state, created_at, code_expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: OrderTimes :many
SELECT created_at FROM letter_orders WHERE account_id = $1 AND created_at > $2 ORDER BY created_at DESC;

-- name: ListLetters :many
SELECT id, account_id, snapshot_id, code_mac, tries, addressee, address, tracking_number, state, created_at, code_expires_at
FROM letter_orders WHERE account_id = $1 AND (created_at, id) < (@before_at::timestamptz, @before_id::uuid)
ORDER BY created_at DESC, id DESC LIMIT $2;

-- name: GetLetter :one
SELECT id, account_id, snapshot_id, code_mac, tries, addressee, address, tracking_number, state, created_at, code_expires_at
FROM letter_orders WHERE id = $1;

-- name: LockLetter :one
SELECT account_id, state, created_at, code_expires_at FROM letter_orders WHERE id = $1 FOR NO KEY UPDATE;

-- name: GetPrint :one
-- What is handed to the post; both are NULL once that is done.
SELECT pdf, body FROM letter_orders WHERE id = $1;

-- name: SetState :exec
UPDATE letter_orders SET state = $2 WHERE id = $1;

-- name: WipePrint :exec
UPDATE letter_orders SET pdf = NULL, body = NULL WHERE id = $1;

-- name: CountTry :exec
UPDATE letter_orders SET tries = tries + 1 WHERE id = $1;

-- name: NoteReminder :execrows
UPDATE letter_orders SET reminded_at = sqlc.arg(now)::timestamptz WHERE id = $1 AND reminded_at IS NULL;

-- name: VoidLetters :many
-- A new letter makes the codes of the ones before worthless.
UPDATE letter_orders SET state = 'VOIDED', pdf = NULL, body = NULL
WHERE account_id = $1 AND state NOT IN ('VOIDED', 'REDEEMED', 'LETTER_EXPIRED')
RETURNING id;

-- name: ExpireLetters :many
UPDATE letter_orders SET state = 'LETTER_EXPIRED', pdf = NULL, body = NULL
WHERE id IN (
    SELECT l.id FROM letter_orders l
    WHERE l.code_expires_at <= $1 AND l.state NOT IN ('VOIDED', 'REDEEMED', 'LETTER_EXPIRED')
    LIMIT 1000 FOR UPDATE SKIP LOCKED
)
RETURNING id, account_id;
