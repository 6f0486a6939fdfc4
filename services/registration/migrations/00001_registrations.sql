-- +goose Up
-- A registration is one sign-up, from the first form to the account.
CREATE TABLE registrations (
    -- 128 random bits: who knows it may go on.
    id                    text PRIMARY KEY,
    -- The id that the account will have.
    account_id            uuid        NOT NULL UNIQUE,
    -- Names, contacts and language, encrypted; gone as soon as the sign-up has ended.
    card                  bytea,
    channel               text        NOT NULL CHECK (channel IN ('SMS', 'EMAIL')),
    -- The contact had an owner, who is told instead of being sent a code.
    decoy                 boolean     NOT NULL,
    state                 text        NOT NULL CHECK (state IN ('CODE_SENT', 'CONTACT_VERIFIED', 'COMPLETED', 'EXPIRED')),
    completion_token_hash bytea,
    -- Unknown until otp has taken the first code.
    code_expire_at        timestamptz,
    resend_at             timestamptz,
    created_at            timestamptz NOT NULL,
    -- When an unfinished sign-up is purged.
    expires_at            timestamptz NOT NULL,
    CHECK ((card IS NULL) = (state IN ('COMPLETED', 'EXPIRED')))
);
CREATE INDEX registrations_unfinished ON registrations (expires_at) WHERE card IS NOT NULL;
CREATE INDEX registrations_ended ON registrations (expires_at) WHERE card IS NULL;

-- +goose Down
DROP TABLE registrations;
