-- +goose Up
-- A record is one event. Records are only ever added; each one's hash covers the one before it.
CREATE TABLE records (
    -- 1, 2, 3 …: a gap is a missing record.
    position  bigint PRIMARY KEY,
    -- What a repeated delivery is recognised by.
    event_id  uuid        NOT NULL UNIQUE,
    type      text        NOT NULL,
    producer  text        NOT NULL,
    aggregate text        NOT NULL,
    version   bigint      NOT NULL,
    actor     text        NOT NULL,
    time      timestamptz NOT NULL,
    data      bytea       NOT NULL,
    prev_hash bytea       NOT NULL,
    hash      bytea       NOT NULL
);

-- The end of the chain: one row, whose lock puts the writers into a line.
CREATE TABLE head (
    single   boolean PRIMARY KEY DEFAULT true CHECK (single),
    position bigint NOT NULL,
    hash     bytea  NOT NULL
);
INSERT INTO head (position, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of %: the record is append-only', TG_OP, TG_TABLE_NAME;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER records_append_only BEFORE UPDATE OR DELETE ON records
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER records_no_truncate BEFORE TRUNCATE ON records
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER head_stays BEFORE DELETE ON head
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER head_no_truncate BEFORE TRUNCATE ON head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON records FROM CURRENT_USER;
REVOKE DELETE, TRUNCATE ON head FROM CURRENT_USER;

-- +goose Down
DROP TABLE records, head;
DROP FUNCTION refuse_change;
