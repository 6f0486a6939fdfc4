-- +goose Up
-- A client is a partner's application.
CREATE TABLE clients (
    id                        text PRIMARY KEY,
    name                      text    NOT NULL,
    -- SHA-256 of the secret; NULL: a public client, which has none.
    secret_hash               bytea,
    redirect_uris             text[]  NOT NULL,
    post_logout_redirect_uris text[]  NOT NULL,
    -- The origins of the redirect URIs: from where a browser may call the token endpoint.
    origins                   text[]  NOT NULL,
    scopes                    text[]  NOT NULL,
    -- Why each scope is wanted: "snils.ru" → text.
    purposes                  jsonb   NOT NULL,
    id_token_alg              text    NOT NULL,
    public_subject            boolean NOT NULL
);

-- What a person has agreed that a client sees.
CREATE TABLE consents (
    account_id uuid   NOT NULL,
    client_id  text   NOT NULL,
    scopes     text[] NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, client_id)
);

-- A grant is one redeemed authorization code and everything issued under it. Its refresh tokens are one family:
-- only the present generation is good, and for a moment the one before.
CREATE TABLE grants (
    id         uuid PRIMARY KEY,
    -- SHA-256 of the code: a second redemption is the violation.
    code_hash  bytea       NOT NULL UNIQUE,
    client_id  text        NOT NULL,
    account_id uuid        NOT NULL,
    session_id text        NOT NULL,
    scopes     text[]      NOT NULL,
    -- How the person had signed in when the code was issued.
    auth_time  timestamptz NOT NULL,
    acr        text        NOT NULL,
    amr        text[]      NOT NULL,
    -- offline_access: outlives the session.
    offline    boolean     NOT NULL,
    generation bigint      NOT NULL,
    rotated_at timestamptz NOT NULL,
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX grants_session ON grants (session_id) WHERE revoked_at IS NULL;
CREATE INDEX grants_expire ON grants (expires_at);

-- Sessions that ended a moment ago: a code issued in one must not be redeemed any more.
CREATE TABLE ended_sessions (
    session_id text PRIMARY KEY,
    ended_at   timestamptz NOT NULL
);
CREATE INDEX ended_sessions_time ON ended_sessions (ended_at);

-- Keys that tokens are signed with. The present one of an algorithm is the latest whose time has come; a later
-- one is published already, an earlier one still.
CREATE TABLE signing_keys (
    id          text PRIMARY KEY,
    alg         text        NOT NULL,
    -- PKCS #8, encrypted.
    private_key bytea       NOT NULL,
    not_before  timestamptz NOT NULL
);

-- +goose Down
DROP TABLE signing_keys, ended_sessions, grants, consents, clients;
