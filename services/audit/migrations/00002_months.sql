-- The record in monthly partitions, so that months whose time is over are dropped as a whole. A record belongs to the month
-- in which it was added, never to an earlier one than the record before it: what is dropped is a stretch from the beginning
-- of the chain, and the head keeps where the rest begins.
-- +goose Up
ALTER TABLE head
    ADD COLUMN month         date   NOT NULL DEFAULT date_trunc('month', now() AT TIME ZONE 'UTC'),
    -- The last record that is not kept any more, and its hash: the chain is verified from there.
    ADD COLUMN kept_after    bigint NOT NULL DEFAULT 0,
    ADD COLUMN kept_hash     bytea  NOT NULL DEFAULT decode(repeat('00', 32), 'hex');

ALTER TABLE records RENAME TO records_before;
ALTER INDEX records_pkey RENAME TO records_before_pkey;
ALTER INDEX records_event_id_key RENAME TO records_before_event_id_key;

CREATE TABLE records (
    month     date        NOT NULL,
    -- 1, 2, 3 …: a gap is a missing record.
    position  bigint      NOT NULL,
    -- What a repeated delivery is recognised by.
    event_id  uuid        NOT NULL,
    type      text        NOT NULL,
    producer  text        NOT NULL,
    aggregate text        NOT NULL,
    version   bigint      NOT NULL,
    actor     text        NOT NULL,
    time      timestamptz NOT NULL,
    data      bytea       NOT NULL,
    prev_hash bytea       NOT NULL,
    hash      bytea       NOT NULL,
    PRIMARY KEY (month, position),
    UNIQUE (month, event_id)
) PARTITION BY RANGE (month);
-- What no month's partition takes: adding never fails for want of one. The service makes the months' two months ahead.
CREATE TABLE records_default PARTITION OF records DEFAULT;
-- +goose StatementBegin
DO $$
DECLARE
    from_month date;
BEGIN
    FOR i IN 0..2 LOOP
        from_month := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => i);
        EXECUTE format('CREATE TABLE %I PARTITION OF records FOR VALUES FROM (%L) TO (%L)',
            'records_m' || to_char(from_month, 'YYYYMM'), from_month, from_month + interval '1 month');
    END LOOP;
END
$$;
-- +goose StatementEnd

INSERT INTO records
SELECT h.month, r.position, r.event_id, r.type, r.producer, r.aggregate, r.version, r.actor, r.time, r.data, r.prev_hash, r.hash
FROM records_before r, head h;
DROP TABLE records_before;

-- +goose StatementBegin
DO $$
DECLARE
    partition regclass;
BEGIN
    FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'records'::regclass LOOP
        EXECUTE format('CREATE TRIGGER records_no_truncate BEFORE TRUNCATE ON %s
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', partition);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM CURRENT_USER', partition);
    END LOOP;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER records_append_only BEFORE UPDATE OR DELETE ON records
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER records_no_truncate BEFORE TRUNCATE ON records
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON records FROM CURRENT_USER;

COMMENT ON TABLE records IS 'Kept: PROPUSK_AUDIT_KEEP_MONTHS, by monthly partitions';
COMMENT ON TABLE head IS 'Kept: for good, one row';

-- +goose Down
SELECT 1 / (SELECT 0); -- the months that were dropped cannot be brought back
