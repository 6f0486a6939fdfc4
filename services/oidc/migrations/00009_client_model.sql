-- A client as one model: what it may and wants in one place, several secrets at once, and a sector that stays.
-- +goose Up
-- settings are those that have no column of their own, by their names in the contract; '{}' in what the version before registers, whose
-- clients are then as the columns say. sector is what a pairwise `sub` is for; '': it follows from the redirect URIs, as it did.
-- secret_hash stays for the version before: the newest secret's, or 32 zero bytes (no secret has that hash) for a client that is not
-- public and has none. So does origins.
ALTER TABLE clients
    ADD COLUMN settings   jsonb       NOT NULL DEFAULT '{}',
    ADD COLUMN sector     text        NOT NULL DEFAULT '',
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();

CREATE TABLE client_secrets (
    id         uuid PRIMARY KEY,
    client_id  text        NOT NULL REFERENCES clients ON DELETE CASCADE,
    -- SHA-256 of the secret, which is 256 random bits where it is made here.
    hash       bytea       NOT NULL,
    created_at timestamptz NOT NULL,
    -- NULL: it does not expire.
    expires_at timestamptz
);
CREATE INDEX client_secrets_client ON client_secrets (client_id);
CREATE INDEX client_secrets_expire ON client_secrets (expires_at) WHERE expires_at IS NOT NULL;
COMMENT ON TABLE client_secrets IS 'Kept: 0 days after expires_at';

-- What access tokens of a grant are for; none: userinfo.
ALTER TABLE grants ADD COLUMN resources text[] NOT NULL DEFAULT '{}';

-- An operator's wish that keys be followed by new ones, before their time.
CREATE TABLE key_rotations (
    requested_at timestamptz PRIMARY KEY
);
COMMENT ON TABLE key_rotations IS 'Kept: 30 days after requested_at';

-- What a client that is removed leaves behind is looked for by it.
CREATE INDEX grants_client ON grants (client_id) WHERE revoked_at IS NULL;
CREATE INDEX consents_client ON consents (client_id);
CREATE INDEX held_requests_client ON held_requests (client_id);

-- +goose Down
DROP INDEX held_requests_client, consents_client, grants_client;
ALTER TABLE grants DROP COLUMN resources;
DROP TABLE key_rotations, client_secrets;
ALTER TABLE clients DROP COLUMN settings, DROP COLUMN sector, DROP COLUMN created_at, DROP COLUMN updated_at;
