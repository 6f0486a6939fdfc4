-- +goose Up
-- A destination is a phone or an e-mail address, known only by its blind index.
CREATE TABLE destinations (
    id           uuid PRIMARY KEY,
    index_key_id integer     NOT NULL,
    index_value  bytea       NOT NULL,
    -- Wrong codes in a row, whatever the code, flow or channel.
    failures     integer     NOT NULL DEFAULT 0,
    locked_until timestamptz,
    UNIQUE (index_key_id, index_value)
);

-- A send is one code: what the limits count, and where a code is marked as spent.
CREATE TABLE sends (
    id             uuid PRIMARY KEY,
    destination_id uuid        NOT NULL REFERENCES destinations (id),
    flow_id        text        NOT NULL,
    -- MAC of the address the request came from.
    ip_mac         bytea       NOT NULL,
    sent_at        timestamptz NOT NULL,
    -- Notification has taken the message; until then a retry of the same flow uses this send again.
    handed_over    boolean     NOT NULL DEFAULT false,
    spent_at       timestamptz
);
CREATE INDEX sends_destination ON sends (destination_id, sent_at);
CREATE INDEX sends_ip ON sends (ip_mac, sent_at);
CREATE INDEX sends_time ON sends (sent_at);

-- +goose Down
DROP TABLE sends, destinations;
