package events

import (
	"errors"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/nats-io/nats.go"
)

// isConnection says whether err is a store that cannot be reached, or is starting or stopping.
func isConnection(err error) bool {
	var netErr net.Error
	var connectErr *pgconn.ConnectError
	var pgErr *pgconn.PgError
	switch {
	case errors.As(err, &connectErr), errors.As(err, &netErr), pgconn.SafeToRetry(err):
		return true
	case errors.As(err, &pgErr):
		return len(pgErr.Code) == 5 && (pgErr.Code[:2] == "57" || pgErr.Code[:2] == "53" || pgErr.Code[:2] == "08")
	}
	return errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, nats.ErrNoServers)
}
