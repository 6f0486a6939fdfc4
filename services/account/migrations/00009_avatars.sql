-- The picture by which a person knows the account.
-- +goose Up
CREATE TABLE avatars (
    account_id uuid PRIMARY KEY REFERENCES accounts (id),
    -- A JPEG that was made here, encrypted.
    sealed     bytea       NOT NULL,
    set_at     timestamptz NOT NULL
);

COMMENT ON TABLE avatars IS 'Kept: with the account, one';

-- +goose Down
DROP TABLE avatars;
