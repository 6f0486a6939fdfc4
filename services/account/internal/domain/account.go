// Package domain decides what raises an account's level, what a wrong password costs and how long a session lives.
package domain

import (
	"time"

	"github.com/google/uuid"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
)

// Account is one person's account.
type Account struct {
	ID uuid.UUID
	// OID is ESIA's numeric person id.
	OID      int32
	Level    accountv1.Level
	Snapshot uuid.UUID
	// Method and ConfirmTime say how and when the account became confirmed.
	Method      accountv1.Method
	ConfirmTime time.Time
	Language    string
	// Region is two digits of a region of Russia; empty: not said.
	Region     string
	NewDevices accountv1.NewDevices
	// ThirdPartyAccess is what partners get at most.
	ThirdPartyAccess accountv1.ThirdPartyAccess
	// Version grows with each change.
	Version int32
	// SignInLocked: nobody signs in before a recovery.
	SignInLocked bool
	CreateTime   time.Time
}

// Kind is what an identifier is.
type Kind string

// The kinds, as they are stored.
const (
	Phone    Kind = "phone"
	Email    Kind = "email"
	SNILS    Kind = "snils"
	Passport Kind = "passport"
)

// Identifier is something that belongs to one account only.
type Identifier struct {
	Kind Kind
	// Key is the normal form that is unique; Value is what is stored: an e-mail as its owner writes it.
	Key, Value string
}
