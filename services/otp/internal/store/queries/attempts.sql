-- name: SpendCode :one
-- Records the right guess, marks its code as spent and clears the destination's failures. recorded is false when a
-- concurrent call has recorded the same guess, spent when another one has spent the code.
WITH guess AS (
    INSERT INTO attempts (flow_id, id, send_id, correct, remaining) VALUES (@flow_id, @id, @send_id, true, @remaining)
    ON CONFLICT (flow_id, id) DO NOTHING RETURNING send_id
), spent AS (
    UPDATE sends SET spent_at = @spent_at::timestamptz
    WHERE sends.id = @send_id AND spent_at IS NULL AND EXISTS (SELECT FROM guess) RETURNING destination_id
), cleared AS (
    UPDATE destinations SET failures = 0, locked_until = NULL WHERE destinations.id = (SELECT destination_id FROM spent)
)
SELECT EXISTS (SELECT FROM guess) AS recorded, EXISTS (SELECT FROM spent) AS spent;

-- name: CountFailure :execrows
-- Records a wrong guess with what it makes of the destination; 0: a concurrent call has recorded it.
WITH guess AS (
    INSERT INTO attempts (flow_id, id, send_id, correct, remaining) VALUES (@flow_id, @id, @send_id, false, @remaining)
    ON CONFLICT (flow_id, id) DO NOTHING RETURNING send_id
)
UPDATE destinations SET failures = @failures, locked_until = @locked_until
WHERE destinations.id = @destination_id AND EXISTS (SELECT FROM guess);
