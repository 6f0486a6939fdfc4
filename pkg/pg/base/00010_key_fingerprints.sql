-- What recognises the keys that the schema's data was sealed and indexed with, so that data and keys are not parted.
-- +goose Up
CREATE TABLE key_fingerprints (
    key        text PRIMARY KEY,
    proof      bytea       NOT NULL,
    noted_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE key_fingerprints IS 'Kept: for ever, a row for each key';

-- +goose Down
DROP TABLE key_fingerprints;
