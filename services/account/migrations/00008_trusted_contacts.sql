-- Who trusts whom: the trusted contact's code is needed to change the password of the other, or to recover the account.
-- +goose Up
CREATE TABLE trusted_contacts (
    id           uuid PRIMARY KEY,
    -- Whose account it protects.
    principal_id uuid        NOT NULL REFERENCES accounts (id),
    -- Who is trusted; null: the login that was invited is nobody's.
    contact_id   uuid        REFERENCES accounts (id),
    -- The kind of the login that was invited, and the login, encrypted.
    login_kind   text        NOT NULL,
    login        bytea       NOT NULL,
    created_at   timestamptz NOT NULL,
    -- Null: it is an invitation.
    accepted_at  timestamptz,
    -- From when on it has no effect; null: it has, until somebody ends it.
    ends_at      timestamptz
);
CREATE INDEX trusted_contacts_principal ON trusted_contacts (principal_id);
CREATE INDEX trusted_contacts_contact ON trusted_contacts (contact_id);
CREATE INDEX trusted_contacts_end ON trusted_contacts (ends_at);
-- One account has one trusted contact.
CREATE UNIQUE INDEX trusted_contacts_one ON trusted_contacts (principal_id) WHERE accepted_at IS NOT NULL AND ends_at IS NULL;
COMMENT ON TABLE trusted_contacts IS 'Kept: 30 days after ends_at';

-- +goose Down
DROP TABLE trusted_contacts;
