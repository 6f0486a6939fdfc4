package app

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/pkg/secret"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// firstSend is otp's name of the code that a contact is first sent.
const firstSend = "first"

// contactCode is a code that proves a contact: for what, in which flow.
type contactCode struct {
	purpose otpv1.Purpose
	flow    uuid.UUID
	contact domain.Identifier
	// known: the contact's owner has signed in from the caller's address before.
	known bool
}

// send has otp send the code, once under one name. A decoy tells the contact's owner instead, and is the same otherwise.
func (a *App) send(ctx context.Context, c contactCode, name string, decoy bool) (expire, resend time.Time, err error) {
	out, err := a.OTP.IssueCode(ctx, &otpv1.IssueCodeRequest{
		Purpose: c.purpose, FlowId: c.flow.String(), Channel: otpv1.Channel(channelOf(c.contact.Kind)),
		Destination: c.contact.Key, Decoy: decoy, SendId: name, KnownAddress: c.known,
	})
	return out.GetExpireTime().AsTime(), out.GetResendTime().AsTime(), err
}

// verify has otp compare a guess.
func (a *App) verify(ctx context.Context, c contactCode, guess string) error {
	return a.verifyAs(ctx, c, guess, a.callID(ctx, "attempt", c.flow.String(), guess))
}

// verifyAs is [App.verify] for a guess with a name.
func (a *App) verifyAs(ctx context.Context, c contactCode, guess, attempt string) error {
	_, err := a.OTP.VerifyCode(ctx, &otpv1.VerifyCodeRequest{
		Purpose: c.purpose, FlowId: c.flow.String(), Channel: otpv1.Channel(channelOf(c.contact.Kind)),
		Destination: c.contact.Key, Code: guess, AttemptId: attempt,
	})
	return err
}

func channelOf(kind domain.Kind) notificationv1.Channel {
	if kind == domain.Email {
		return notificationv1.Channel_EMAIL
	}
	return notificationv1.Channel_SMS
}

// requestMAC names the request by its caller and idempotency key, and what it is about; nil without a key.
func (a *App) requestMAC(ctx context.Context, use string, content ...string) []byte {
	key := rpc.RequestOf(ctx).IdempotencyKey
	if key == "" {
		return nil
	}
	parts := [][]byte{[]byte(rpc.CallerOf(ctx)), []byte(key)}
	for _, c := range content {
		parts = append(parts, []byte(c))
	}
	return a.Keys.MAC(use, parts...)
}

// callID names a call to another service, which knows repeated calls by it: a repeated request makes the same call, any
// other request one of its own.
func (a *App) callID(ctx context.Context, use string, content ...string) string {
	mac := a.requestMAC(ctx, use, content...)
	if mac == nil {
		return secret.NewRandomID()
	}
	return hex.EncodeToString(mac)
}

// idOf is an id for what the request makes: the same for a repeated request, so that what a crash has cut short is gone on
// with. The day is part of it, since a key can be used again a day later.
func (a *App) idOf(ctx context.Context, use string, now time.Time, content ...string) uuid.UUID {
	day := strconv.FormatInt(now.Unix()/int64(idempotency.Life/time.Second), 10)
	mac := a.requestMAC(ctx, use, append(content, day)...)
	if mac == nil {
		return secret.NewID()
	}
	id := uuid.UUID(mac[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8: made of what its maker likes (RFC 9562)
	return id
}

// stopToken is what a link stops a change or a claim with. It is made of the id, so that a job, which holds the id only, can
// write the link; only its hash is stored.
func (a *App) stopToken(use string, id uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString(a.Keys.MAC(use, id[:]))
}

const (
	stopChange = "stop a contact's change"
	stopClaim  = "stop a contact's claim"
	disown     = "disown a sign-in"
)

func (a *App) stopHash(use string, id uuid.UUID) []byte {
	return secret.HashToken(a.stopToken(use, id))
}
