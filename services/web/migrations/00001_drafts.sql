-- +goose Up
-- A draft is a form that somebody has sent and that was not accepted yet: what was typed, and what was wrong with it.
CREATE TABLE drafts (
    account_id uuid        NOT NULL,
    -- Chosen by the page, and part of the address under which the form is shown again.
    id         text        NOT NULL,
    -- The path of the form's page.
    form       text        NOT NULL,
    -- What was typed, encrypted.
    content    bytea       NOT NULL,
    saved_at   timestamptz NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX drafts_form ON drafts (account_id, form, saved_at);
CREATE INDEX drafts_saved ON drafts (saved_at);
COMMENT ON TABLE drafts IS 'Kept: 1 day after saved_at';

-- +goose Down
DROP TABLE drafts;
