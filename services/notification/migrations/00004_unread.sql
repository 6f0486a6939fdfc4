-- +goose Up
-- Whether the person has not seen the entry: those from before count as seen.
ALTER TABLE feed ADD COLUMN unread boolean NOT NULL DEFAULT false;
ALTER TABLE feed ALTER COLUMN unread SET DEFAULT true;
CREATE INDEX feed_unread ON feed (account_id) WHERE unread;

-- +goose Down
ALTER TABLE feed DROP COLUMN unread;
