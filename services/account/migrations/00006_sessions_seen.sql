-- When and as what sessions and devices were last seen, what people have set, and the notices of sign-ins on new devices.
-- +goose Up
ALTER TABLE accounts
    -- Since when the first device is known; null: the next one is the first. Accounts of the version before have had some.
    ADD COLUMN devices_since     timestamptz DEFAULT '2000-01-01T00:00:00Z',
    -- Since when nobody signs in but after a recovery: somebody else has; null: everybody does.
    ADD COLUMN sign_in_locked_at timestamptz,
    -- propusk.account.v1.NewDevices
    ADD COLUMN new_devices       smallint NOT NULL DEFAULT 1,
    -- The two digits of a region of Russia; empty: not said.
    ADD COLUMN region            text     NOT NULL DEFAULT '';
ALTER TABLE accounts ALTER COLUMN devices_since DROP DEFAULT;

ALTER TABLE sessions
    -- Null: the version before made it, or it has not been used since.
    ADD COLUMN last_used_at timestamptz,
    -- What the device said of itself and its network address at the last use, encrypted.
    ADD COLUMN seen         bytea;

ALTER TABLE devices
    -- The same at the last sign-in; sealed has the person's name for it.
    ADD COLUMN seen bytea;
CREATE INDEX devices_account_used ON devices (account_id, last_used_at);

CREATE TABLE sign_in_notices (
    -- The session's that was begun on a new device.
    id         uuid PRIMARY KEY,
    account_id uuid        NOT NULL REFERENCES accounts (id),
    -- SHA-256 of the token with which the account's person says that it was somebody else.
    token_hash bytea       NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    -- When the person said so: it has an effect once.
    used_at    timestamptz
);
CREATE INDEX sign_in_notices_account ON sign_in_notices (account_id);
CREATE INDEX sign_in_notices_expire ON sign_in_notices (expires_at);
COMMENT ON TABLE sign_in_notices IS 'Kept: 7 days after expires_at';

-- +goose Down
DROP TABLE sign_in_notices;
DROP INDEX devices_account_used;
ALTER TABLE devices DROP COLUMN seen;
ALTER TABLE sessions DROP COLUMN seen, DROP COLUMN last_used_at;
ALTER TABLE accounts DROP COLUMN region, DROP COLUMN new_devices, DROP COLUMN sign_in_locked_at, DROP COLUMN devices_since;
