-- name: PutSetting :exec
INSERT INTO notification_settings (account_id, kind, channels) VALUES ($1, $2, $3)
ON CONFLICT (account_id, kind) DO UPDATE SET channels = excluded.channels;

-- name: ListSettings :many
SELECT kind, channels FROM notification_settings WHERE account_id = $1;
