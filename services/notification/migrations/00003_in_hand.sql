-- +goose Up
-- Until then the process that stored the message gives it to its provider from memory. NULL: a job does, or nothing is left
-- to do. What is still there afterwards was left by a process that died; the job rescue has it sent.
ALTER TABLE messages ADD COLUMN in_hand_until timestamptz;
CREATE INDEX messages_in_hand ON messages (in_hand_until) WHERE in_hand_until IS NOT NULL;

-- +goose Down
ALTER TABLE messages DROP COLUMN in_hand_until;
