-- Whether an event is recorded is asked by its id: with the month first, the answer cost a walk through a month's index, at
-- every write.
-- contract: the constraint that goes is replaced at once by one that says the same, so the version before loses nothing.
-- +goose Up
ALTER TABLE records ADD CONSTRAINT records_event_id_month_key UNIQUE (event_id, month);
ALTER TABLE records DROP CONSTRAINT records_month_event_id_key;

-- +goose Down
ALTER TABLE records ADD CONSTRAINT records_month_event_id_key UNIQUE (month, event_id);
ALTER TABLE records DROP CONSTRAINT records_event_id_month_key;
