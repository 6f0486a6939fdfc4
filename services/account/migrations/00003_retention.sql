-- How long each table's rows are kept.
-- +goose Up
COMMENT ON TABLE accounts IS 'Kept: as long as the account exists';
COMMENT ON TABLE identifiers IS 'Kept: with the account, four at most';
COMMENT ON TABLE credentials IS 'Kept: with the account, one';
COMMENT ON TABLE evidence IS 'Kept: with the account: what its level rests on';
COMMENT ON TABLE sessions IS 'Kept: 30 days after expires_at';
COMMENT ON TABLE sign_in_failures IS 'Kept: 0 days after forget_at';

-- +goose Down
COMMENT ON TABLE sessions IS NULL;
COMMENT ON TABLE sign_in_failures IS NULL;
