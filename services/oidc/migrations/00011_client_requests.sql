-- What clients' developers need: what their client asked at the public endpoints, and a server that misbehaves on demand.
-- +goose Up
CREATE TABLE client_requests (
    id          uuid PRIMARY KEY,
    client_id   text        NOT NULL,
    called_at   timestamptz NOT NULL,
    endpoint    text        NOT NULL,
    method      text        NOT NULL,
    status      integer     NOT NULL,
    -- How the client said who it is.
    auth_method text        NOT NULL,
    -- Names, and those values that cannot be secret or about a person.
    params      jsonb       NOT NULL,
    -- The protocol's code of a refusal and the stable code of its reason; both empty: it was none.
    error       text        NOT NULL,
    reason      text        NOT NULL,
    to_pages    boolean     NOT NULL,
    -- How many requests of the client before this one were not kept.
    skipped     integer     NOT NULL,
    request_id  text        NOT NULL
);
CREATE INDEX client_requests_newest ON client_requests (client_id, called_at DESC, id DESC);
CREATE INDEX client_requests_time ON client_requests (called_at);
COMMENT ON TABLE client_requests IS 'Kept: 7 days after called_at';

-- How a sandbox misbehaves for a client, until when.
CREATE TABLE client_misbehaviours (
    client_id  text PRIMARY KEY REFERENCES clients ON DELETE CASCADE,
    kinds      text[]      NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX client_misbehaviours_expire ON client_misbehaviours (expires_at);
COMMENT ON TABLE client_misbehaviours IS 'Kept: 0 days after expires_at';

-- +goose Down
DROP TABLE client_misbehaviours, client_requests;
