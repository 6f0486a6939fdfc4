CREATE TABLE IF NOT EXISTS signing_keys (
    id          text PRIMARY KEY,
    private_key bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS accounts (
    id           uuid PRIMARY KEY,
    phone_index  bytea   NOT NULL UNIQUE,
    password     bytea   NOT NULL,
    card         bytea   NOT NULL,
    failures     integer NOT NULL DEFAULT 0,
    locked_until timestamptz
);
CREATE TABLE IF NOT EXISTS sessions (
    id         uuid PRIMARY KEY,
    token_hash bytea       NOT NULL UNIQUE,
    account_id uuid        NOT NULL REFERENCES accounts (id),
    auth_time  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE TABLE IF NOT EXISTS consents (
    account_id uuid   NOT NULL REFERENCES accounts (id),
    client_id  text   NOT NULL,
    scopes     text[] NOT NULL,
    PRIMARY KEY (account_id, client_id)
);
CREATE TABLE IF NOT EXISTS grants (
    id         uuid PRIMARY KEY,
    code_hash  bytea       NOT NULL UNIQUE,
    client_id  text        NOT NULL,
    account_id uuid        NOT NULL REFERENCES accounts (id),
    session_id uuid        NOT NULL,
    auth_time  timestamptz NOT NULL,
    scopes     text[]      NOT NULL,
    generation bigint      NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE TABLE IF NOT EXISTS destinations (
    index_value bytea PRIMARY KEY,
    since       timestamptz NOT NULL,
    sends       integer     NOT NULL,
    failures    integer     NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS registrations (
    id              text PRIMARY KEY,
    destination     bytea       NOT NULL REFERENCES destinations (index_value),
    card            bytea       NOT NULL,
    guesses         integer     NOT NULL DEFAULT 0,
    verified_at     timestamptz,
    completion_hash bytea,
    expires_at      timestamptz NOT NULL
);
