-- Claims that a client can do without, and those that people keep back. The version before knows none and gives all.
-- +goose Up
ALTER TABLE clients ADD COLUMN voluntary_claims text[] NOT NULL DEFAULT '{}';
ALTER TABLE consents ADD COLUMN declined text[] NOT NULL DEFAULT '{}';
-- As the consent was when the grant was made, so that userinfo needs no other row.
ALTER TABLE grants ADD COLUMN declined text[] NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE grants DROP COLUMN declined;
ALTER TABLE consents DROP COLUMN declined;
ALTER TABLE clients DROP COLUMN voluntary_claims;
