-- name: PutDraft :exec
-- Stores what was typed; the same id twice overwrites.
INSERT INTO drafts (account_id, id, form, content, saved_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account_id, id) DO UPDATE SET form = excluded.form, content = excluded.content, saved_at = excluded.saved_at;

-- name: DeleteOldDrafts :exec
-- Leaves an account only its newest drafts.
DELETE FROM drafts d WHERE d.account_id = $1 AND d.id IN (
    SELECT o.id FROM drafts o WHERE o.account_id = $1 ORDER BY o.saved_at DESC OFFSET @keep::int
);

-- name: GetDraft :one
SELECT id, content, saved_at FROM drafts
WHERE account_id = @account_id AND id = @id AND form = @form AND saved_at > @after;

-- name: LatestDraft :one
SELECT id, content, saved_at FROM drafts
WHERE account_id = @account_id AND form = @form AND saved_at > @after
ORDER BY saved_at DESC LIMIT 1;

-- name: DeleteDrafts :exec
DELETE FROM drafts WHERE account_id = @account_id AND form = @form;
