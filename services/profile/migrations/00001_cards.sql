-- +goose Up
-- A person is one card; its row is the lock under which edits and submissions of an account take turns.
CREATE TABLE persons (
    account_id uuid PRIMARY KEY,
    -- ESIA's clients know every object by a number that fits int32.
    esia_id    integer     NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    version    integer     NOT NULL DEFAULT 1,
    data       bytea       NOT NULL,
    -- Contacts that sign-up did not prove.
    contacts   bytea       NOT NULL,
    -- The person has edited the card: sign-up no longer writes it.
    edited     boolean     NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE documents (
    id         uuid PRIMARY KEY,
    esia_id    integer     NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    account_id uuid        NOT NULL REFERENCES persons (account_id) ON DELETE CASCADE,
    type       text        NOT NULL,
    version    integer     NOT NULL DEFAULT 1,
    data       bytea       NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (account_id, type)
);

CREATE TABLE addresses (
    id         uuid PRIMARY KEY,
    esia_id    integer     NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    account_id uuid        NOT NULL REFERENCES persons (account_id) ON DELETE CASCADE,
    type       text        NOT NULL,
    version    integer     NOT NULL DEFAULT 1,
    data       bytea       NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (account_id, type)
);

-- A snapshot is the card and the passport as they were submitted. Once void, its data is gone.
CREATE TABLE snapshots (
    id               uuid PRIMARY KEY,
    account_id       uuid        NOT NULL REFERENCES persons (account_id) ON DELETE CASCADE,
    person_version   integer     NOT NULL,
    document_id      uuid        NOT NULL,
    document_version integer     NOT NULL,
    data             bytea       NOT NULL,
    state            text        NOT NULL CHECK (state IN ('PENDING', 'VERIFIED', 'VOID')),
    created_at       timestamptz NOT NULL,
    ended_at         timestamptz
);
CREATE UNIQUE INDEX snapshots_pending ON snapshots (account_id) WHERE state = 'PENDING';
CREATE INDEX snapshots_account ON snapshots (account_id, id);

-- +goose Down
DROP TABLE snapshots, addresses, documents, persons;
