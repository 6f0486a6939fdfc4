-- +goose Up
-- The fields of a verified snapshot that a registry vouched for, such as person.last_name; empty where an earlier version
-- heard of the match, which then is about the fields that decide one.
ALTER TABLE snapshots ADD COLUMN vouched text[] NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE snapshots DROP COLUMN vouched;
