-- The outbox in daily partitions, so that what was sent long ago is dropped and not deleted. An event's id (UUIDv7)
-- begins with its time: a day is a range of ids. Consumers are told nothing about an aggregate's version any more.
-- +goose Up
ALTER TABLE outbox RENAME TO outbox_before;
ALTER INDEX outbox_pkey RENAME TO outbox_before_pkey;
DROP INDEX outbox_unsent, outbox_sent;

CREATE TABLE outbox (
    id          uuid PRIMARY KEY,
    subject     text        NOT NULL,
    -- Only audit wants it: it goes to the producer's second stream.
    record      boolean     NOT NULL DEFAULT false,
    headers     jsonb       NOT NULL,
    data        bytea       NOT NULL,
    -- By the database's clock: the relay takes up what was left behind, whatever the service's clock says.
    inserted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent_at     timestamptz
) PARTITION BY RANGE (id);
CREATE INDEX outbox_unsent ON outbox (record, inserted_at) WHERE sent_at IS NULL;

-- What no day's partition takes: inserting never fails for want of one.
CREATE TABLE outbox_default PARTITION OF outbox DEFAULT;
CREATE INDEX outbox_default_sent ON outbox_default (sent_at) WHERE sent_at IS NOT NULL;

INSERT INTO outbox (id, subject, headers, data, inserted_at, sent_at)
SELECT id, subject, headers, data, created_at, sent_at FROM outbox_before;
DROP TABLE outbox_before, aggregates;
COMMENT ON TABLE outbox IS 'Kept: 7 days after an event was sent, by daily partitions.';

-- An operator asks that the event be handled again.
ALTER TABLE dead_letters ADD COLUMN retry boolean NOT NULL DEFAULT false;
CREATE INDEX dead_letters_failed ON dead_letters (failed_at);

COMMENT ON TABLE inbox IS 'Kept: 90 days after handled_at';
COMMENT ON TABLE dead_letters IS 'Kept: 90 days after failed_at';
COMMENT ON TABLE idempotency_keys IS 'Kept: 0 days after expire_time';

-- +goose Down
ALTER TABLE dead_letters DROP COLUMN retry;
DROP INDEX dead_letters_failed;
CREATE TABLE aggregates (id text PRIMARY KEY, version bigint NOT NULL);
CREATE TABLE outbox_after (
    id                uuid PRIMARY KEY,
    subject           text        NOT NULL,
    aggregate_id      text        NOT NULL,
    aggregate_version bigint      NOT NULL,
    headers           jsonb       NOT NULL,
    data              bytea       NOT NULL,
    created_at        timestamptz NOT NULL,
    sent_at           timestamptz
);
INSERT INTO outbox_after
SELECT id, subject, headers ->> 'ce-subject', 0, headers, data, inserted_at, sent_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_after RENAME TO outbox;
ALTER INDEX outbox_after_pkey RENAME TO outbox_pkey;
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
