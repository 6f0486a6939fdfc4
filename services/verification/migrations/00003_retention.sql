-- How long each table's rows are kept: a verification for as long as it may have to be explained.
-- +goose Up
CREATE INDEX verifications_created ON verifications (created_at);
COMMENT ON TABLE verifications IS 'Kept: 1826 days after created_at';
COMMENT ON TABLE checks IS 'Kept: with the verification, one for a registry';
COMMENT ON TABLE numbers IS 'Kept: with the verification, one of a kind';

-- +goose Down
DROP INDEX verifications_created;
