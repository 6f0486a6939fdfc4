-- name: NoteRelease :execrows
-- A set of claims is given under a grant for the first time: no row when it was given before, or too many sets were.
WITH noted AS (
    UPDATE grants g SET released = g.released || @digest::text
    WHERE g.id = @grant_id AND @digest::text <> ALL (g.released) AND cardinality(g.released) < @max_sets::integer
    RETURNING 1
)
INSERT INTO data_releases AS r (account_id, client_id, day, claims, times, last_at)
SELECT @account_id::uuid, @client_id::text, @day::timestamptz, @claims::text[], 1, @now::timestamptz FROM noted
ON CONFLICT (account_id, client_id, day, claims) DO UPDATE SET
    times = r.times + 1, last_at = greatest(r.last_at, excluded.last_at);

-- name: CountReleases :exec
-- What was given again, a row for each place in the arrays; the claims of one are joined by blanks.
INSERT INTO data_releases AS r (account_id, client_id, day, claims, times, last_at)
SELECT unnest(@accounts::uuid[]), unnest(@clients::text[]), unnest(@days::timestamptz[]),
       string_to_array(unnest(@claims::text[]), ' '), unnest(@times::bigint[]), unnest(@last_at::timestamptz[])
ON CONFLICT (account_id, client_id, day, claims) DO UPDATE SET
    times = r.times + excluded.times, last_at = greatest(r.last_at, excluded.last_at);

-- name: ListReleases :many
-- What clients got of an account: each set of claims, how often and when last.
SELECT client_id, claims, sum(times)::bigint AS times, max(last_at)::timestamptz AS last_at FROM data_releases
WHERE account_id = @account_id AND client_id = ANY (@clients::text[]) AND day > @since::timestamptz
GROUP BY client_id, claims;
