-- How long each table's rows are kept.
-- +goose Up
ALTER TABLE letters ADD COLUMN created_at timestamptz NOT NULL DEFAULT clock_timestamp();
CREATE INDEX letters_created ON letters (created_at);
ALTER TABLE moves DROP CONSTRAINT moves_letter_order_id_fkey,
    ADD CONSTRAINT moves_letter_order_id_fkey FOREIGN KEY (letter_order_id) REFERENCES letters (letter_order_id) ON DELETE CASCADE;

COMMENT ON TABLE messages IS 'Kept: 30 days after visible_at';
COMMENT ON TABLE letters IS 'Kept: 90 days after created_at';
COMMENT ON TABLE moves IS 'Kept: with the letter, one for each state';
COMMENT ON TABLE options IS 'Kept: for good, one row';
COMMENT ON TABLE secrets IS 'Kept: for good, one row for each secret of the demo partner';

-- +goose Down
ALTER TABLE moves DROP CONSTRAINT moves_letter_order_id_fkey,
    ADD CONSTRAINT moves_letter_order_id_fkey FOREIGN KEY (letter_order_id) REFERENCES letters (letter_order_id);
ALTER TABLE letters DROP COLUMN created_at;
