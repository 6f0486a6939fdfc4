-- How long each table's rows are kept.
-- +goose Up
COMMENT ON TABLE registrations IS 'Kept: PROPUSK_REGISTRATION_KEEP_ENDED after the end, which comes with PROPUSK_REGISTRATION_LIFE; the job purge deletes them';

-- +goose Down
COMMENT ON TABLE registrations IS NULL;
