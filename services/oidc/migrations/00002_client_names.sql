-- +goose Up
-- A client has a name in each language. The old column stays for the version before this one and goes once nothing
-- reads it.
ALTER TABLE clients ADD COLUMN names jsonb NOT NULL DEFAULT '{}', ALTER COLUMN name SET DEFAULT '';
UPDATE clients SET names = jsonb_build_object('ru', name, 'en', name);

-- +goose Down
ALTER TABLE clients DROP COLUMN names, ALTER COLUMN name DROP DEFAULT;
