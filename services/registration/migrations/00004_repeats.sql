-- +goose Up
-- Which request has proven the contact (a MAC of its caller, idempotency key and proof), so that a repeated one gets the
-- same answer without its being stored.
ALTER TABLE registrations ADD COLUMN proof_mac bytea;
-- How often something else than that proof, or another password than the account's, was presented as a repeat. What is
-- not limited here would be a way to guess them.
ALTER TABLE registrations ADD COLUMN wrong_proofs integer NOT NULL DEFAULT 0;
ALTER TABLE registrations ADD COLUMN wrong_passwords integer NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE registrations DROP COLUMN proof_mac, DROP COLUMN wrong_proofs, DROP COLUMN wrong_passwords;
