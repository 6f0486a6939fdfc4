-- The way back into an account: a sign-in of another purpose, which may wait, and what it asks for that is no factor.
-- +goose Up
ALTER TABLE sign_ins
    -- Of a recovery (purpose 3): the kind of contact that it was begun with, and the contact, encrypted.
    ADD COLUMN contact_kind text,
    ADD COLUMN contact      bytea,
    -- When the wait that stands in for steps is over; null: none was begun.
    ADD COLUMN effective_at timestamptz,
    -- SHA-256 of the token that stops it while it waits.
    ADD COLUMN cancel_hash  bytea,
    ADD COLUMN cancelled_at timestamptz;
CREATE UNIQUE INDEX sign_ins_cancel ON sign_ins (cancel_hash) WHERE cancel_hash IS NOT NULL;
CREATE INDEX sign_ins_open ON sign_ins (account_id) WHERE done_at IS NULL;

-- Wrong answers in recoveries that no factor's row counts, in a row, across recoveries.
CREATE TABLE recovery_failures (
    account_id   uuid        NOT NULL REFERENCES accounts (id),
    -- propusk.account.v1.StepKind
    kind         smallint    NOT NULL,
    failures     integer     NOT NULL DEFAULT 0,
    locked_until timestamptz,
    PRIMARY KEY (account_id, kind)
);

CREATE TABLE control_questions (
    account_id uuid PRIMARY KEY REFERENCES accounts (id),
    -- The question, and the argon2id hash of the answer, encrypted.
    sealed     bytea       NOT NULL,
    set_at     timestamptz NOT NULL
);

COMMENT ON TABLE recovery_failures IS 'Kept: with the account, two at most';
COMMENT ON TABLE control_questions IS 'Kept: with the account, one';

-- +goose Down
DROP TABLE control_questions, recovery_failures;
ALTER TABLE sign_ins DROP COLUMN cancelled_at, DROP COLUMN cancel_hash, DROP COLUMN effective_at, DROP COLUMN contact,
    DROP COLUMN contact_kind;
