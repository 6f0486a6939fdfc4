-- +goose Up
-- When the holder was reminded of the letter: at most once, however often the job runs.
ALTER TABLE letter_orders ADD COLUMN reminded_at timestamptz;

-- +goose Down
ALTER TABLE letter_orders DROP COLUMN reminded_at;
