-- +goose Up
-- What callers named the send: a repeated call finds it.
ALTER TABLE sends ADD COLUMN caller_ids text[] NOT NULL DEFAULT '{}';

-- Guesses that were decided, at most five per code, so that a repeated call gets the same answer.
CREATE TABLE attempts (
    flow_id   text    NOT NULL,
    -- The caller's name of the guess.
    id        text    NOT NULL,
    send_id   uuid    NOT NULL REFERENCES sends (id) ON DELETE CASCADE,
    correct   boolean NOT NULL,
    -- How many guesses the code had left after this one.
    remaining integer NOT NULL,
    PRIMARY KEY (flow_id, id)
);
CREATE INDEX attempts_send ON attempts (send_id);
COMMENT ON TABLE attempts IS 'Kept: with the send';

-- +goose Down
DROP TABLE attempts;
ALTER TABLE sends DROP COLUMN caller_ids;
