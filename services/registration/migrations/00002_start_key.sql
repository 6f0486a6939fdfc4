-- +goose Up
-- Which request began the sign-up (a MAC of its caller and idempotency key), so that a repeated one goes on with it.
ALTER TABLE registrations ADD COLUMN start_key bytea UNIQUE;

-- +goose Down
ALTER TABLE registrations DROP COLUMN start_key;
