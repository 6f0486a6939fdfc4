-- +goose Up
-- What an account was signed in to since an instant, and what outlives its sessions.
CREATE INDEX grants_account ON grants (account_id, issued_at);

-- +goose Down
DROP INDEX grants_account;
