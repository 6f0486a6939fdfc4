-- Contacts on their way into an account or out of it, and those that somebody else says to have now.
-- +goose Up
CREATE TABLE contact_changes (
    -- The contact's from the first code on: the identifier that it becomes has the same.
    id              uuid PRIMARY KEY,
    account_id      uuid        NOT NULL REFERENCES accounts (id),
    kind            text        NOT NULL CHECK (kind IN ('phone', 'email')),
    state           text        NOT NULL CHECK (state IN ('UNPROVEN', 'WAITING', 'EFFECTIVE', 'GIVEN_UP', 'FAILED')),
    -- The contact that is to be the account's, encrypted; null: the present one is removed, or it has ended.
    sealed          bytea,
    -- The contact that it takes the place of; null: there was none. Its value, encrypted, is here until it has been told.
    old_id          uuid,
    old_sealed      bytea,
    -- SHA-256 of the token that stops it.
    cancel_hash     bytea UNIQUE,
    code_expires_at timestamptz,
    resend_at       timestamptz,
    -- When a waiting one takes effect.
    effective_at    timestamptz,
    created_at      timestamptz NOT NULL,
    -- When an unproven one ends; of a waiting one when it takes effect.
    expires_at      timestamptz NOT NULL
);
CREATE INDEX contact_changes_account ON contact_changes (account_id, created_at);
CREATE INDEX contact_changes_expire ON contact_changes (expires_at);
CREATE UNIQUE INDEX contact_changes_open ON contact_changes (account_id, kind) WHERE state IN ('UNPROVEN', 'WAITING');

CREATE TABLE contact_claims (
    id              uuid PRIMARY KEY,
    -- SHA-256 of the token that it is continued with.
    token_hash      bytea       NOT NULL UNIQUE,
    kind            text        NOT NULL CHECK (kind IN ('phone', 'email')),
    state           text        NOT NULL CHECK (state IN ('CODE_SENT', 'WAITING', 'FREE', 'GIVEN_UP')),
    -- The contact, encrypted.
    sealed          bytea       NOT NULL,
    -- The account that has it; null: none, or nobody has asked yet.
    account_id      uuid REFERENCES accounts (id),
    cancel_hash     bytea UNIQUE,
    code_expires_at timestamptz NOT NULL,
    resend_at       timestamptz NOT NULL,
    effective_at    timestamptz,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL
);
CREATE INDEX contact_claims_account ON contact_claims (account_id);
CREATE INDEX contact_claims_expire ON contact_claims (expires_at);

COMMENT ON TABLE contact_changes IS 'Kept: 7 days after expires_at';
COMMENT ON TABLE contact_claims IS 'Kept: 7 days after expires_at';

-- +goose Down
DROP TABLE contact_claims, contact_changes;
