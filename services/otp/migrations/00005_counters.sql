-- +goose Up
-- How many sends a subject has had in its window, which begins with the first of them: one row each, counted and checked
-- by one statement, so that sends at once never exceed a limit. What strangers cause for one purpose never counts for
-- another.
CREATE TABLE counters (
    purpose text        NOT NULL,
    -- ADDRESS: the subject is the MAC of the address that the request came from. INSTALLATION: there is one, empty.
    kind    text        NOT NULL CHECK (kind IN ('ADDRESS', 'INSTALLATION')),
    subject bytea       NOT NULL,
    since   timestamptz NOT NULL,
    n       integer     NOT NULL,
    PRIMARY KEY (purpose, kind, subject)
);
CREATE INDEX counters_since ON counters (since);
COMMENT ON TABLE counters IS 'Kept: 2 days after since';

-- What was sent before goes on counting.
INSERT INTO counters (purpose, kind, subject, since, n)
SELECT 'REGISTRATION', 'ADDRESS', ip_mac, min(sent_at), count(*) FROM sends
WHERE sent_at > now() - interval '1 hour' GROUP BY ip_mac;
INSERT INTO counters (purpose, kind, subject, since, n)
SELECT 'REGISTRATION', 'INSTALLATION', '', min(sent_at), count(*) FROM sends
WHERE sent_at > now() - interval '1 day' HAVING count(*) > 0;

-- +goose Down
DROP TABLE counters;
