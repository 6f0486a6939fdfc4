-- How long each table's rows are kept. A message's row says only that it was sent, and keeps its key from being used again.
-- +goose Up
CREATE INDEX messages_expire ON messages (expire_at);
CREATE INDEX feed_created ON feed (created_at);
COMMENT ON TABLE messages IS 'Kept: 90 days after expire_at';
COMMENT ON TABLE feed IS 'Kept: 366 days after created_at';

-- +goose Down
DROP INDEX messages_expire, feed_created;
