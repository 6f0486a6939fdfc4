-- How long each table's rows are kept.
-- +goose Up
COMMENT ON TABLE holders IS 'Kept: with the account, one';
COMMENT ON TABLE letter_orders IS 'Kept: with the account: what its level rests on, and no more than the limits on ordering allow';
COMMENT ON TABLE confirmations IS 'Kept: with the account: what its level rests on, one for a letter at most';

-- +goose Down
COMMENT ON TABLE holders IS NULL;
