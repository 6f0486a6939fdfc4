-- The way back to partners: where a person begins at one, and which requests wait for an account's level.
-- +goose Up
-- start_url is where a person begins at the partner; empty: the origin of the first redirect URI.
ALTER TABLE clients ADD COLUMN start_url text NOT NULL DEFAULT '';

-- A partner's request that waits until the account has the level, one for an account and a client.
CREATE TABLE held_requests (
    id         uuid PRIMARY KEY,
    account_id uuid        NOT NULL,
    client_id  text        NOT NULL,
    -- The level that is asked for, as account numbers levels.
    level      integer     NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    UNIQUE (account_id, client_id)
);
CREATE INDEX held_requests_expire ON held_requests (expires_at);
COMMENT ON TABLE held_requests IS 'Kept: 0 days after expires_at';

-- +goose Down
DROP TABLE held_requests;
ALTER TABLE clients DROP COLUMN start_url;
