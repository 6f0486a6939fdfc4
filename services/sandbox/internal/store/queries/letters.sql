-- name: InsertLetter :execrows
INSERT INTO letters (letter_order_id, tracking_number, addressee, address, contacts, pdf, body, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING;

-- name: LockLetter :one
SELECT * FROM letters WHERE letter_order_id = $1 FOR NO KEY UPDATE;

-- name: HasLetter :one
SELECT EXISTS (SELECT 1 FROM letters WHERE letter_order_id = $1);

-- name: SetLetterState :exec
UPDATE letters SET state = $2 WHERE letter_order_id = $1;

-- name: InsertMove :exec
INSERT INTO moves (letter_order_id, state, moved_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: ListMoves :many
SELECT m.state, m.moved_at FROM moves m JOIN letters l USING (letter_order_id)
WHERE l.tracking_number = $1 ORDER BY m.moved_at;
