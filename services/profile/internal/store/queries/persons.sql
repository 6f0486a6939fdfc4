-- name: GetCard :one
-- The card, and what the row of its live snapshot says without being opened.
SELECT p.account_id, p.version, p.data, p.contacts, coalesce(live.state, 'UNVERIFIED')::text AS state,
       coalesce(live.person_version, 0)::int AS person_version,
       coalesce(live.document_id, '00000000-0000-0000-0000-000000000000')::uuid AS document_id,
       coalesce(live.document_version, 0)::int AS document_version,
       coalesce(live.vouched, '{}')::text[] AS vouched
FROM persons p LEFT JOIN LATERAL (
    SELECT s.state, s.person_version, s.document_id, s.document_version, s.vouched FROM snapshots s
    WHERE s.account_id = p.account_id AND s.state <> 'VOID' ORDER BY s.id DESC LIMIT 1
) live ON true
WHERE p.account_id = $1;

-- name: LockPerson :one
-- Until the transaction ends nobody else edits or submits the card.
SELECT account_id, version, data FROM persons WHERE account_id = $1 FOR NO KEY UPDATE;

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

-- name: LockContacts :one
SELECT contacts FROM persons WHERE account_id = $1 FOR NO KEY UPDATE;

-- name: SetContacts :exec
UPDATE persons SET contacts = $2 WHERE account_id = $1;
