-- What clients asked at the public endpoints, for their developers.
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

-- +goose Down
DROP TABLE client_requests;
