-- +goose Up
-- The fields of the snapshot that the registry vouched for; empty also where an earlier version stored its answer.
ALTER TABLE checks ADD COLUMN vouched text[] NOT NULL DEFAULT '{}';

-- MAC of the network address that submitted: whose submissions did not match waits before the next.
ALTER TABLE verifications ADD COLUMN address bytea;
CREATE INDEX verifications_failed ON verifications (ended_at) WHERE state = 'NOT_MATCHED';
CREATE INDEX verifications_failed_from ON verifications (address, ended_at) WHERE state = 'NOT_MATCHED';

-- The version before counts tries by them; nobody is slowed down by what others do with their numbers any more.
COMMENT ON TABLE numbers IS 'Kept: with the verification, one of a kind; no longer written';

-- +goose Down
COMMENT ON TABLE numbers IS 'Kept: with the verification, one of a kind';
DROP INDEX verifications_failed_from, verifications_failed;
ALTER TABLE verifications DROP COLUMN address;
ALTER TABLE checks DROP COLUMN vouched;
