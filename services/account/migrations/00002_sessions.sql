-- +goose Up
CREATE TABLE sessions (
    id              uuid PRIMARY KEY,
    account_id      uuid        NOT NULL REFERENCES accounts (id),
    -- propusk.account.v1.Surface
    surface         smallint    NOT NULL,
    -- SHA-256 of the bearer token or cookie.
    token_hash      bytea       NOT NULL UNIQUE,
    auth_time       timestamptz NOT NULL,
    amr             text[]      NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    -- Moves with use, at most to expires_at.
    idle_expires_at timestamptz NOT NULL,
    ended_at        timestamptz
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_expire ON sessions (expires_at);

-- Wrong passwords: of a subject from one address, and (address '') from everywhere.
CREATE TABLE sign_in_failures (
    -- MAC of the account's id, or of a login that is nobody's.
    subject     bytea       NOT NULL,
    -- MAC of the network address.
    address     bytea       NOT NULL,
    failures    integer     NOT NULL DEFAULT 0,
    -- The first and the last failure that count.
    since       timestamptz,
    last_at     timestamptz,
    -- The holder has signed in from this address.
    known_until timestamptz,
    -- Nothing in the row matters any more.
    forget_at   timestamptz NOT NULL,
    PRIMARY KEY (subject, address)
);
CREATE INDEX sign_in_failures_forget ON sign_in_failures (forget_at);

-- +goose Down
DROP TABLE sign_in_failures, sessions;
