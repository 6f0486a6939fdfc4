-- +goose Up
-- By which channels a person is told of what can be done without. No row: by none.
CREATE TABLE notification_settings (
    account_id uuid   NOT NULL,
    -- propusk.notification.v1.Switch, by name
    kind       text   NOT NULL,
    -- propusk.notification.v1.Channel, by name
    channels   text[] NOT NULL,
    PRIMARY KEY (account_id, kind)
);
COMMENT ON TABLE notification_settings IS 'Kept: with the account, one a kind';

-- +goose Down
DROP TABLE notification_settings;
