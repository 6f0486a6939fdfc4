-- +goose Up
-- A verification is one submission. Who the person is stands in the profile's snapshot, never here.
CREATE TABLE verifications (
    id          uuid PRIMARY KEY,
    account_id  uuid        NOT NULL,
    -- One case per submission, however often it is asked for.
    snapshot_id uuid        NOT NULL UNIQUE,
    state       text        NOT NULL,
    created_at  timestamptz NOT NULL,
    -- After it the registries are no longer asked.
    deadline    timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE UNIQUE INDEX verifications_pending ON verifications (account_id) WHERE state = 'PENDING';
CREATE INDEX verifications_account ON verifications (account_id, id);

-- A check is one registry's part of a verification.
CREATE TABLE checks (
    verification_id uuid    NOT NULL REFERENCES verifications (id) ON DELETE CASCADE,
    registry        text    NOT NULL,
    state           text    NOT NULL,
    -- Groups of data that differ, never what the registry has.
    reasons         text[]  NOT NULL DEFAULT '{}',
    -- How often the registry did not answer, and in what way the last time.
    attempts        integer NOT NULL DEFAULT 0,
    last_error      text    NOT NULL DEFAULT '',
    PRIMARY KEY (verification_id, registry)
);

-- The numbers that were submitted, as blind indexes: who tries one number in many accounts is slowed down.
CREATE TABLE numbers (
    verification_id uuid    NOT NULL REFERENCES verifications (id) ON DELETE CASCADE,
    kind            text    NOT NULL,
    index_key_id    integer NOT NULL,
    index_value     bytea   NOT NULL,
    PRIMARY KEY (verification_id, kind)
);
CREATE INDEX numbers_value ON numbers (kind, index_value);

-- +goose Down
DROP TABLE numbers, checks, verifications;
