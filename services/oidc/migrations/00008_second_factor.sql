-- Whether a client wants people to be recognised by two factors. The version before asks for none.
-- +goose Up
ALTER TABLE clients ADD COLUMN second_factor boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE clients DROP COLUMN second_factor;
