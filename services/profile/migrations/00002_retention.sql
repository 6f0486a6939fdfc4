-- How long each table's rows are kept.
-- +goose Up
COMMENT ON TABLE persons IS 'Kept: with the account, one';
COMMENT ON TABLE documents IS 'Kept: with the account, one of a type';
COMMENT ON TABLE addresses IS 'Kept: with the account, one of a type';
COMMENT ON TABLE snapshots IS 'Kept: with the account, one for each verification, which are limited; a void one holds no data';

-- +goose Down
COMMENT ON TABLE persons IS NULL;
