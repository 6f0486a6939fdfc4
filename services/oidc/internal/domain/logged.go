package domain

import (
	"time"

	"github.com/google/uuid"
)

// LoggedRequest is a request of a client at a public endpoint, as the client's developers may see it: nothing in it is
// secret or about a person.
type LoggedRequest struct {
	ID       uuid.UUID
	ClientID string
	Time     time.Time
	// Endpoint is the last part of its path: "token".
	Endpoint string
	Method   string
	// Status is the answer's.
	Status int
	// AuthMethod is how the client said who it is: a value of token_endpoint_auth_methods_supported, or [AuthBearer].
	AuthMethod string
	Params     []LoggedParam
	// Error is the protocol's code of a refusal, Reason the stable code of its advice; both empty: it was none.
	Error, Reason string
	// ToPages says that the person was led to the pages of this platform.
	ToPages bool
	// Skipped is how many requests of the client before this one were not kept.
	Skipped int
	// RequestID finds it in the services' logs.
	RequestID string
}

// LoggedParam is a parameter of a request.
type LoggedParam struct {
	Name string `json:"name"`
	// Value is shown only where it cannot be secret or about a person.
	Value string `json:"value,omitempty"`
	// Hidden is how many characters a value has that is not shown.
	Hidden int `json:"hidden,omitempty"`
}

// AuthBearer is how a client presents an access token (RFC 6750).
const AuthBearer = "bearer"
