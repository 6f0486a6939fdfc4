-- How long each table's rows are kept. A destination is forgotten when nobody has sent it a code or guessed one for more
-- than a year. One that is locked for longer stays until then, and one with a hundred failures, which may be disabled, for
-- good.
-- +goose Up
ALTER TABLE destinations ADD COLUMN forget_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '400 days';
CREATE INDEX destinations_forget ON destinations (forget_at);

-- +goose StatementBegin
CREATE FUNCTION remember_destination() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.forget_at := CASE WHEN NEW.failures >= 100 THEN 'infinity'
        ELSE greatest(clock_timestamp() + interval '400 days', NEW.locked_until) END;
    RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER destinations_remember BEFORE INSERT OR UPDATE ON destinations
    FOR EACH ROW EXECUTE FUNCTION remember_destination();
UPDATE destinations SET failures = failures;

ALTER TABLE sends DROP CONSTRAINT sends_destination_id_fkey,
    ADD CONSTRAINT sends_destination_id_fkey FOREIGN KEY (destination_id) REFERENCES destinations (id) ON DELETE CASCADE;

COMMENT ON TABLE destinations IS 'Kept: 0 days after forget_at';
COMMENT ON TABLE sends IS 'Kept: 7 days after sent_at';

-- +goose Down
DROP TRIGGER destinations_remember ON destinations;
DROP FUNCTION remember_destination;
ALTER TABLE destinations DROP COLUMN forget_at;
ALTER TABLE sends DROP CONSTRAINT sends_destination_id_fkey,
    ADD CONSTRAINT sends_destination_id_fkey FOREIGN KEY (destination_id) REFERENCES destinations (id);
