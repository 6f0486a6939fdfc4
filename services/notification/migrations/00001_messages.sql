-- +goose Up
-- A message is one SMS or e-mail. What it says is rendered when it is sent.
CREATE TABLE messages (
    id              uuid PRIMARY KEY,
    -- The caller and its key, or the event and the channel: twice the same is one message.
    idempotency_key text        NOT NULL UNIQUE,
    template        text        NOT NULL,
    channel         text        NOT NULL CHECK (channel IN ('SMS', 'EMAIL')),
    language        text        NOT NULL,
    -- Encrypted, and gone as soon as the message is not queued any more.
    destination     bytea,
    params          bytea,
    -- Known when the message goes to the holder of an account.
    account_id      uuid,
    state           text        NOT NULL CHECK (state IN ('QUEUED', 'SENT', 'DELIVERED', 'FAILED')),
    attempts        integer     NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    -- After this instant the message is worthless and is dropped.
    expire_at       timestamptz NOT NULL,
    CHECK ((destination IS NULL) = (state <> 'QUEUED') AND (params IS NULL) = (state <> 'QUEUED'))
);

-- A person's feed: one entry an event, worded when it is read.
CREATE TABLE feed (
    -- The event's id.
    id         uuid PRIMARY KEY,
    account_id uuid        NOT NULL,
    -- The template.
    type       text        NOT NULL,
    -- Never personal data.
    params     jsonb       NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX feed_account ON feed (account_id, created_at DESC, id DESC);

-- +goose Down
DROP TABLE feed, messages;
