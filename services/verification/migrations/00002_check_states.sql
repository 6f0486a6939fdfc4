-- +goose Up
-- A check's states are named like a verification's.
UPDATE checks SET state = substr(state, 7) WHERE state LIKE 'CHECK\_%';

-- +goose Down
UPDATE checks SET state = 'CHECK_' || state WHERE state <> 'UNAVAILABLE';
