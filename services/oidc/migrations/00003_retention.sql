-- How long each table's rows are kept. Grants and ended sessions are forgotten sooner by the loop that looks after keys.
-- +goose Up
COMMENT ON TABLE clients IS 'Kept: as long as the operator has the client';
COMMENT ON TABLE consents IS 'Kept: with the account, one for a client at most';
COMMENT ON TABLE grants IS 'Kept: 1 day after expires_at';
COMMENT ON TABLE ended_sessions IS 'Kept: 1 day after ended_at';
COMMENT ON TABLE signing_keys IS 'Kept: for good, some a year';

-- +goose Down
COMMENT ON TABLE grants IS NULL;
