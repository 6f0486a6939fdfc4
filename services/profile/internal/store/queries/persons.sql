-- name: GetPerson :one
SELECT account_id, version, data, contacts FROM persons WHERE account_id = $1;

-- name: LockPerson :one
-- Until the transaction ends nobody else edits or submits the card.
SELECT account_id, version, data, contacts FROM persons WHERE account_id = $1 FOR UPDATE;

-- name: PutPerson :execrows
-- Overwrites what sign-up wrote before, never what the person has edited.
INSERT INTO persons (account_id, data, contacts, created_at, updated_at) VALUES ($1, $2, $3, @at, @at)
ON CONFLICT (account_id) DO UPDATE
   SET data = excluded.data, contacts = excluded.contacts, version = persons.version + 1,
       updated_at = excluded.updated_at
 WHERE NOT persons.edited;

-- name: EditPerson :one
UPDATE persons SET data = $2, version = version + 1, edited = true, updated_at = $3 WHERE account_id = $1
RETURNING version;

-- name: DeletePerson :execrows
DELETE FROM persons WHERE account_id = $1;
