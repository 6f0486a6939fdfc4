-- name: InsertAppeal :execrows
INSERT INTO appeals (id, text) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING;

-- name: GetAppeal :one
SELECT * FROM appeals WHERE id = $1;

-- name: MarkHeard :exec
UPDATE appeals SET heard = true WHERE id = $1;
