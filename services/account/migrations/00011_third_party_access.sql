-- What partners get of an account's data at most, as propusk.account.v1.ThirdPartyAccess numbers it.
-- +goose Up
ALTER TABLE accounts ADD COLUMN third_party_access smallint NOT NULL DEFAULT 1;

-- +goose Down
ALTER TABLE accounts DROP COLUMN third_party_access;
