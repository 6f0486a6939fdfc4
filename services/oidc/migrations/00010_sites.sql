-- What people agreed to exactly, what partners got, and who gives them nothing that they can do without.
-- +goose Up
-- terms has for each scope a digest of what was agreed to with it; a scope without one was agreed to before there were any.
-- withdrawals counts how often all was taken back: a code that was issued before the last time gives nothing any more. A consent
-- that was withdrawn has no scopes.
ALTER TABLE consents ADD COLUMN terms jsonb NOT NULL DEFAULT '{}', ADD COLUMN withdrawals integer NOT NULL DEFAULT 0;

-- Digests of the sets of claims that were given under the grant, a bounded number.
ALTER TABLE grants ADD COLUMN released text[] NOT NULL DEFAULT '{}';

-- Accounts whose people have limited the access of third parties, and those that once had: version tells which word of it is
-- the last.
CREATE TABLE limited_accounts (
    account_id uuid PRIMARY KEY,
    limited    boolean NOT NULL,
    version    bigint  NOT NULL
);
COMMENT ON TABLE limited_accounts IS 'Kept: with the account, one at most';

-- How often a client got a set of an account's claims on a day, which begins at midnight UTC. Names, never values.
CREATE TABLE data_releases (
    account_id uuid        NOT NULL,
    client_id  text        NOT NULL,
    day        timestamptz NOT NULL,
    claims     text[]      NOT NULL,
    times      bigint      NOT NULL,
    last_at    timestamptz NOT NULL,
    PRIMARY KEY (account_id, client_id, day, claims)
);
CREATE INDEX data_releases_day ON data_releases (day);
COMMENT ON TABLE data_releases IS 'Kept: 180 days after day';

-- +goose Down
DROP TABLE data_releases, limited_accounts;
ALTER TABLE grants DROP COLUMN released;
ALTER TABLE consents DROP COLUMN terms, DROP COLUMN withdrawals;
