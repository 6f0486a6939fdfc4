-- name: InsertDocument :exec
INSERT INTO documents (id, account_id, type, data, created_at, updated_at) VALUES ($1, $2, $3, $4, @at, @at);

-- name: ListDocuments :many
SELECT id, type, version, data FROM documents WHERE account_id = $1 AND id > @after ORDER BY id LIMIT $2;

-- name: GetDocument :one
SELECT id, type, version, data FROM documents WHERE id = $1 AND account_id = $2;

-- name: EditDocument :one
UPDATE documents SET data = $2, version = version + 1, updated_at = $3 WHERE id = $1 RETURNING version;

-- name: DeleteDocument :execrows
DELETE FROM documents WHERE id = $1 AND account_id = $2;
