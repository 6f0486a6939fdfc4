-- +goose Up
-- The numeric person ids that ESIA's clients need; a number lost to a rollback stays unused.
CREATE SEQUENCE account_oid AS integer START 1000000001;

CREATE TABLE accounts (
    id           uuid PRIMARY KEY,
    oid          integer     NOT NULL UNIQUE DEFAULT nextval('account_oid'),
    -- 1 simplified, 2 standard, 3 confirmed; it never falls.
    level        smallint    NOT NULL CHECK (level BETWEEN 1 AND 3),
    -- The profile snapshot that the registries matched.
    snapshot_id  uuid,
    -- How (propusk.account.v1.Method) and when the holder was confirmed.
    method       smallint    NOT NULL DEFAULT 0,
    confirmed_at timestamptz,
    language     text        NOT NULL,
    created_at   timestamptz NOT NULL,
    version      integer     NOT NULL DEFAULT 1,
    CHECK ((level >= 2) = (snapshot_id IS NOT NULL)),
    CHECK ((level = 3) = (confirmed_at IS NOT NULL))
);
ALTER SEQUENCE account_oid OWNED BY accounts.oid;

-- What is one person's only: proven contacts, and from standard up SNILS and passport. Found by blind index.
CREATE TABLE identifiers (
    id           uuid PRIMARY KEY,
    account_id   uuid    NOT NULL REFERENCES accounts (id),
    kind         text    NOT NULL CHECK (kind IN ('phone', 'email', 'snils', 'passport')),
    index_key_id integer NOT NULL,
    index_value  bytea   NOT NULL,
    sealed       bytea   NOT NULL,
    UNIQUE (account_id, kind),
    UNIQUE (kind, index_key_id, index_value)
);

CREATE TABLE credentials (
    account_id uuid PRIMARY KEY REFERENCES accounts (id),
    -- The argon2id hash, encrypted: a stolen dump alone cannot be guessed at.
    sealed     bytea       NOT NULL,
    set_at     timestamptz NOT NULL
);

-- What was decided about each piece of evidence, so that it is decided once.
CREATE TABLE evidence (
    id          uuid PRIMARY KEY,
    account_id  uuid        NOT NULL REFERENCES accounts (id),
    level       smallint    NOT NULL,
    snapshot_id uuid        NOT NULL,
    -- Why it was refused; empty: it was accepted.
    refusal     text        NOT NULL,
    decided_at  timestamptz NOT NULL
);

-- +goose Down
DROP TABLE evidence, credentials, identifiers, accounts;
