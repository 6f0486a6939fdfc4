-- Sign-ins of several steps, what is proven beside a password, and the devices that it is proven on.
-- +goose Up
CREATE TABLE devices (
    id            uuid PRIMARY KEY,
    account_id    uuid        NOT NULL REFERENCES accounts (id),
    -- SHA-256 of the token that the browser or the app keeps; one browser has one for all its accounts.
    token_hash    bytea       NOT NULL,
    -- What the person calls it, and what it says of itself, encrypted.
    sealed        bytea       NOT NULL,
    -- Until when it stands for the second factor; null: it does not.
    trusted_until timestamptz,
    -- Nobody signs in on it any more.
    forbidden_at  timestamptz,
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz NOT NULL,
    UNIQUE (account_id, token_hash)
);
CREATE INDEX devices_last_used ON devices (last_used_at);

ALTER TABLE sessions
    -- The completed steps: [{"kind": 1, "time": "…"}]; empty: the version before made it, of a password at auth_time.
    ADD COLUMN steps      jsonb NOT NULL DEFAULT '[]',
    -- When everything that the account has to be proven with was proven; null: a remembered device stood for some of it.
    ADD COLUMN proof_time timestamptz,
    ADD COLUMN device_id  uuid REFERENCES devices (id) ON DELETE SET NULL;
CREATE INDEX sessions_device ON sessions (device_id);

CREATE TABLE factors (
    id           uuid PRIMARY KEY,
    account_id   uuid        NOT NULL REFERENCES accounts (id),
    -- propusk.account.v1.StepKind
    kind         smallint    NOT NULL,
    -- What the kind needs to check a proof, and the person's name for it, encrypted.
    sealed       bytea       NOT NULL,
    -- What a proof names it by, hashed; null: its account and kind are enough.
    lookup       bytea UNIQUE,
    -- The last time step whose code was used: a code works once.
    last_step    bigint      NOT NULL DEFAULT 0,
    -- Wrong proofs in a row, across sign-ins.
    failures     integer     NOT NULL DEFAULT 0,
    locked_until timestamptz,
    created_at   timestamptz NOT NULL,
    -- Null: it waits for its first proof.
    activated_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX factors_account ON factors (account_id);
CREATE UNIQUE INDEX factors_single ON factors (account_id, kind) WHERE activated_at IS NOT NULL AND kind <> 4;

CREATE TABLE backup_codes (
    factor_id uuid  NOT NULL REFERENCES factors (id) ON DELETE CASCADE,
    -- MAC of the code.
    mac       bytea NOT NULL,
    spent_at  timestamptz,
    PRIMARY KEY (factor_id, mac)
);

CREATE TABLE sign_ins (
    id         uuid PRIMARY KEY,
    -- SHA-256 of the token that its steps are completed with.
    token_hash bytea       NOT NULL UNIQUE,
    -- 1 sign-in, 2 step-up within session_id.
    purpose    smallint    NOT NULL,
    -- Null: the login is nobody's, or a passkey has not yet said whose.
    account_id uuid REFERENCES accounts (id),
    -- MAC of what failures are counted by.
    subject    bytea       NOT NULL,
    -- propusk.account.v1.Surface
    surface    smallint    NOT NULL,
    -- The session that a step-up is for; else null.
    session_id uuid,
    -- SHA-256 of the device's token; null: it has none.
    device     bytea,
    -- The ways to the end, each a list of step kinds, and the steps that were completed.
    needs      jsonb       NOT NULL,
    met        jsonb       NOT NULL DEFAULT '[]',
    -- What a passkey has to sign, encrypted.
    challenge  bytea,
    -- Until when the code that was sent last can be used; null: none was.
    code_expires_at timestamptz,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    done_at    timestamptz
);
CREATE INDEX sign_ins_expire ON sign_ins (expires_at);

COMMENT ON TABLE devices IS 'Kept: 365 days after last_used_at';
COMMENT ON TABLE factors IS 'Kept: with the account, a few';
COMMENT ON TABLE backup_codes IS 'Kept: with their factor, ten';
COMMENT ON TABLE sign_ins IS 'Kept: 1 days after expires_at';

-- +goose Down
DROP TABLE sign_ins, backup_codes, factors;
ALTER TABLE sessions DROP COLUMN device_id, DROP COLUMN proof_time, DROP COLUMN steps;
DROP TABLE devices;
