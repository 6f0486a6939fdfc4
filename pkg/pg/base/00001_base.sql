-- What every service's schema has: the outbox and inbox of its events, and the answers of repeatable requests.
-- +goose Up
CREATE TABLE aggregates (
    id      text PRIMARY KEY,
    version bigint NOT NULL
);

CREATE TABLE outbox (
    id                uuid PRIMARY KEY,
    subject           text        NOT NULL,
    aggregate_id      text        NOT NULL,
    aggregate_version bigint      NOT NULL,
    headers           jsonb       NOT NULL,
    data              bytea       NOT NULL,
    created_at        timestamptz NOT NULL,
    sent_at           timestamptz
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE inbox (
    consumer   text        NOT NULL,
    event_id   uuid        NOT NULL,
    handled_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_handled ON inbox (handled_at);

CREATE TABLE dead_letters (
    consumer  text        NOT NULL,
    event_id  uuid        NOT NULL,
    subject   text        NOT NULL,
    headers   jsonb       NOT NULL,
    data      bytea       NOT NULL,
    error     text        NOT NULL,
    failed_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, event_id)
);

CREATE TABLE answers (
    principal    text        NOT NULL,
    key          text        NOT NULL,
    request_hash bytea       NOT NULL,
    answer       bytea       NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (principal, key)
);
CREATE INDEX answers_expire ON answers (expires_at);

-- +goose Down
DROP TABLE answers, dead_letters, inbox, outbox, aggregates;
