package domain

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Versioned is a stored value and its version: a card under its account's id, a document or address under its own.
type Versioned[T any] struct {
	ID      uuid.UUID
	Version int32
	Value   T
}

// ETag names the version, in the quotes of the HTTP header (RFC 9110 §8.8.3).
func (v Versioned[T]) ETag() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", v.ID, v.Version))
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// CheckMatch refuses an edit of another version than the one If-Match names; empty and * match any.
func (v Versioned[T]) CheckMatch(ifMatch string) error {
	etag := v.ETag()
	for tag := range strings.SplitSeq(ifMatch, ",") {
		tag = strings.TrimSpace(tag)
		if tag == "" || tag == "*" || tag == etag || `"`+tag+`"` == etag {
			return nil
		}
	}
	return errs.New(errorsv1.Reason_PRECONDITION_FAILED, "the data has changed since it was read")
}
