-- What userinfo and refresh need to know of a grant without asking another service or another row.
-- +goose Up
-- language is the person's, of when tokens were last issued with the session at hand; NULL: ask account. superseded is when
-- the generations before the present one were superseded, latest first, as far as that may still matter; it holds for them
-- only if its first is rotated_at, since the version before this one moves rotated_at alone.
ALTER TABLE grants ADD COLUMN language text, ADD COLUMN superseded timestamptz[];

-- +goose Down
ALTER TABLE grants DROP COLUMN language, DROP COLUMN superseded;
