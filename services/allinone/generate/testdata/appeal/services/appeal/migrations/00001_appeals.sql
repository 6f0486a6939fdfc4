-- +goose Up
CREATE TABLE appeals (
    id    text PRIMARY KEY,
    text  text NOT NULL,
    heard boolean NOT NULL DEFAULT false
);
