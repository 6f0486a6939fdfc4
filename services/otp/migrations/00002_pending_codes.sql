-- +goose Up
-- The code itself, encrypted, until notification has taken the message: who tries again sends the same one.
ALTER TABLE sends ADD COLUMN code bytea;

-- +goose Down
ALTER TABLE sends DROP COLUMN code;
