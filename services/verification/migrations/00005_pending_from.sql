-- +goose Up
-- Submissions under way count for the address that they came from.
CREATE INDEX verifications_pending_from ON verifications (address) WHERE state = 'PENDING';

-- +goose Down
DROP INDEX verifications_pending_from;
