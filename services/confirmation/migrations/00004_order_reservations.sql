-- +goose Up
-- Until when an order of the account is under way that first writes its address: another is refused meanwhile.
ALTER TABLE holders ADD COLUMN order_reserved_until timestamptz;

-- +goose Down
ALTER TABLE holders DROP COLUMN order_reserved_until;
