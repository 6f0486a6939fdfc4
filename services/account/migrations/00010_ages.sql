-- Since when an account has a contact, which contact it is that somebody else claims, and since when a recovery waits.
-- +goose Up
-- Null: since the account was made.
ALTER TABLE identifiers ADD COLUMN added_at timestamptz;
UPDATE identifiers i SET added_at = coalesce(c.effective_at, c.created_at) FROM contact_changes c WHERE c.id = i.id;
-- For what the version before adds.
ALTER TABLE identifiers ALTER COLUMN added_at SET DEFAULT now();
-- Null: nobody has proven the claim yet, or the version before has let it wait.
ALTER TABLE contact_claims ADD COLUMN contact_id uuid;
-- Null where effective_at is not: the version before has let it wait.
ALTER TABLE sign_ins ADD COLUMN waits_since timestamptz;

-- +goose Down
ALTER TABLE sign_ins DROP COLUMN waits_since;
ALTER TABLE contact_claims DROP COLUMN contact_id;
ALTER TABLE identifiers DROP COLUMN added_at;
