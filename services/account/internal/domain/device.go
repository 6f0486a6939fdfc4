package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// MaxDevices is how many devices an account has, beside those that are forbidden.
const MaxDevices = 50

// MaxTokens is how many people's tokens one device sends.
const MaxTokens = 5

// DeviceHashes are the hashes of a device's tokens, one after another: each person who signs in on it has one of its own, so that
// nobody's stands for anything in another's account. They are stored.
type DeviceHashes []byte

const hashSize = 32

// Each are the hashes one by one.
func (d DeviceHashes) Each() [][]byte {
	out := [][]byte{}
	for hash := range slices.Chunk(d, hashSize) {
		out = append(out, hash)
	}
	return out
}

// Seen is what a device said of itself, and from where. Its JSON is stored.
type Seen struct {
	// Agent is its User-Agent.
	Agent string `json:"agent,omitempty"`
	// Address is its network address.
	Address string `json:"address,omitempty"`
}

// Device is a browser or an app that an account was signed in to on.
type Device struct {
	ID, AccountID uuid.UUID
	// Name is what the person calls it; empty: nothing.
	Name string
	// Seen is as of the last sign-in.
	Seen Seen
	// TrustedUntil is until when it stands for the second factor, ForbiddenTime since when nobody signs in on it; zero: not.
	TrustedUntil, ForbiddenTime time.Time
	// CreateTime is of the first sign-in on it, LastUseTime of the last.
	CreateTime, LastUseTime time.Time
}

// Trusted says whether it stands for the second factor.
func (d Device) Trusted(now time.Time) bool { return !d.Forbidden() && now.Before(d.TrustedUntil) }

// Forbidden says whether nobody signs in on it.
func (d Device) Forbidden() bool { return !d.ForbiddenTime.IsZero() }

// Forbid is the device once nobody signs in on it: nor does it stand for anything afterwards.
func (d Device) Forbid(now time.Time) Device {
	d.ForbiddenTime, d.TrustedUntil = now, time.Time{}
	return d
}

// DeviceState is what an account's person has said about who may sign in on one device.
type DeviceState struct {
	// Known: the account was signed in to on it before. Forbidden: nobody signs in on it.
	Known, Forbidden bool
	// HadDevices: it was on some device.
	HadDevices bool
	// OnlyKnown: nobody signs in on devices that are not known. Locked: nobody signs in at all before a recovery.
	OnlyKnown, Locked bool
}

// Check refuses a sign-in, whatever was proven. Only who has proven something may see the refusal: it says that the account exists.
func (s DeviceState) Check() error {
	switch {
	case s.Locked:
		return errs.New(errorsv1.Reason_SIGN_IN_LOCKED, "the account's person has disowned a sign-in")
	case s.Forbidden:
		return errs.New(errorsv1.Reason_DEVICE_FORBIDDEN, "the device is forbidden")
	case s.OnlyKnown && !s.Known:
		return errs.New(errorsv1.Reason_NEW_DEVICE_FORBIDDEN, "new devices are forbidden")
	}
	return nil
}

// IsNew says whether the person is to be told of a sign-in on the device. An account's first device is not new.
func (s DeviceState) IsNew() bool { return !s.Known && s.HadDevices }

// OpenSession is a session as its person sees it, and the device that it is on.
type OpenSession struct {
	Session

	CreateTime, LastUseTime time.Time
	Seen                    Seen
	// DeviceID is empty where the device was forgotten.
	DeviceID   uuid.UUID
	DeviceName string
}

// SignInNotice is what a person was told of a sign-in on a new device. Its id is the session's.
type SignInNotice struct {
	ID, AccountID          uuid.UUID
	CreateTime, ExpireTime time.Time
	// UseTime is when the person said that it was somebody else; zero: the person has not.
	UseTime time.Time
}

const (
	// NoticeLife is how long a person can disown a sign-in.
	NoticeLife = 10 * 24 * time.Hour
	// NoticesPerDay is how many messages about sign-ins on new devices an account is sent: an app that forgets its device's token
	// would send one each time. The feed has all.
	NoticesPerDay = 10
)

// NoSession refuses the id of a session that the account has not.
func NoSession() error {
	return errs.New(errorsv1.Reason_SESSION_NOT_FOUND, "the account has no such session")
}

// NoDevice refuses the id of a device that the account has not.
func NoDevice() error {
	return errs.New(errorsv1.Reason_DEVICE_NOT_FOUND, "the account has no such device")
}
