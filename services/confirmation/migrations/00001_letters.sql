-- +goose Up
-- A holder is an account that orders letters or types their codes: the row that is locked meanwhile, and what
-- limits guessing, so that neither parallel requests nor a restart give more tries.
CREATE TABLE holders (
    account_id   uuid PRIMARY KEY,
    -- When the last wrong codes were typed, at most as many as the limit counts.
    recent_tries timestamptz[] NOT NULL DEFAULT '{}'
);

CREATE TABLE letter_orders (
    id              uuid PRIMARY KEY,
    account_id      uuid        NOT NULL REFERENCES holders (account_id),
    -- The verified data that the letter is about: evidence for other data is void.
    snapshot_id     uuid        NOT NULL,
    -- The code itself is in the PDF only.
    code_mac        bytea       NOT NULL,
    tries           integer     NOT NULL DEFAULT 0,
    addressee       bytea       NOT NULL,
    address         bytea       NOT NULL,
    -- The letter as printed (sealed), until it is handed over or void.
    pdf             bytea,
    body            bytea,
    tracking_number text        NOT NULL UNIQUE,
    state           text        NOT NULL,
    created_at      timestamptz NOT NULL,
    code_expires_at timestamptz NOT NULL
);
CREATE INDEX letter_orders_account ON letter_orders (account_id, created_at DESC);
CREATE INDEX letter_orders_expiry ON letter_orders (code_expires_at)
    WHERE state NOT IN ('VOIDED', 'REDEEMED', 'LETTER_EXPIRED');

-- One in ten million letters: the number that tracking numbers are made of.
CREATE SEQUENCE letter_numbers MINVALUE 0 MAXVALUE 9899999 START 0 CYCLE;

-- A confirmation is evidence that the holder is the person; its id is the evidence's.
CREATE TABLE confirmations (
    id              uuid PRIMARY KEY,
    account_id      uuid        NOT NULL REFERENCES holders (account_id),
    method          text        NOT NULL,
    letter_order_id uuid        NOT NULL UNIQUE REFERENCES letter_orders (id),
    snapshot_id     uuid        NOT NULL,
    -- PENDING until account has answered; then APPLIED or VOID.
    state           text        NOT NULL,
    created_at      timestamptz NOT NULL,
    decided_at      timestamptz
);

-- +goose Down
DROP TABLE confirmations, letter_orders, holders;
DROP SEQUENCE letter_numbers;
