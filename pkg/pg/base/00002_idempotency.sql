-- The answers of repeatable requests, as protobuf: those in the table answers were a program's own JSON.
-- +goose Up
CREATE TABLE idempotency_keys (
    principal    text        NOT NULL,
    key          text        NOT NULL,
    request_hash bytea       NOT NULL,
    answer       bytea       NOT NULL,
    expire_time  timestamptz NOT NULL,
    PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_keys_expire ON idempotency_keys (expire_time);
DROP TABLE answers;

-- +goose Down
CREATE TABLE answers (
    principal    text        NOT NULL,
    key          text        NOT NULL,
    request_hash bytea       NOT NULL,
    answer       bytea       NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (principal, key)
);
CREATE INDEX answers_expire ON answers (expires_at);
DROP TABLE idempotency_keys;
