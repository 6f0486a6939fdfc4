-- +goose Up
-- What reached the virtual phone, mailbox and letter box. It is shown to everybody who can open the sandbox, so it
-- is kept in the open: the people are invented or test data.
CREATE TABLE messages (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The sender's id of the message; copy counts those of one message (the switch "twice").
    source_id        text        NOT NULL,
    copy             integer     NOT NULL,
    channel          text        NOT NULL,
    -- Every contact of the addressee, in normal form.
    recipients       text[]      NOT NULL,
    subject          text        NOT NULL,
    body             text        NOT NULL,
    html             text        NOT NULL,
    -- The six digits or the letter's code that the text tells.
    code             text        NOT NULL,
    attachment_name  text        NOT NULL,
    attachment_type  text        NOT NULL,
    attachment       bytea,
    -- From when on it is there: later than it was sent with the switch "delay".
    visible_at       timestamptz NOT NULL,
    UNIQUE (channel, source_id, copy)
);
CREATE INDEX messages_visible ON messages (visible_at DESC, id DESC);
CREATE INDEX messages_recipients ON messages USING gin (recipients);

-- Registered letters that the simulated post has.
CREATE TABLE letters (
    letter_order_id text PRIMARY KEY,
    tracking_number text   NOT NULL UNIQUE,
    addressee       text   NOT NULL,
    address         text   NOT NULL,
    contacts        text[] NOT NULL,
    pdf             bytea  NOT NULL,
    body            text   NOT NULL,
    state           text   NOT NULL
);

-- What the tracking page shows.
CREATE TABLE moves (
    letter_order_id text        NOT NULL REFERENCES letters (letter_order_id),
    state           text        NOT NULL,
    moved_at        timestamptz NOT NULL,
    PRIMARY KEY (letter_order_id, state)
);

-- The switches of the phone: one row.
CREATE TABLE options (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    delay boolean NOT NULL DEFAULT false,
    drop  boolean NOT NULL DEFAULT false,
    twice boolean NOT NULL DEFAULT false
);
INSERT INTO options DEFAULT VALUES;

-- The demo partner's client secret, sealed.
CREATE TABLE secrets (
    name  text PRIMARY KEY,
    value bytea NOT NULL
);

-- +goose Down
DROP TABLE secrets, options, moves, letters, messages;
