package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/secret"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Flows are interactions, authorization codes and sign-outs under way, in Redis and encrypted: losing them costs
// their owners a new start and gives nobody anything, since a code counts as redeemed in Postgres. Times are the
// caller's: Redis' own only collect garbage.
type Flows struct {
	redis *redis.Client
	keys  *secret.Keys
}

// NewFlows keeps flows in Redis, encrypted by the keys.
func NewFlows(client *redis.Client, keys *secret.Keys) *Flows {
	return &Flows{redis: client, keys: keys}
}

// The kinds of things kept; each is a namespace.
const (
	interactionKind = "interaction"
	codeKind        = "code"
	logoutKind      = "logout"
	// garbage is how long a thing stays after its end.
	garbage = time.Minute
)

// Stored is a thing as it was read: what a change compares with.
type Stored []byte

// PutInteraction keeps a new interaction.
func (f *Flows) PutInteraction(ctx context.Context, i domain.Interaction, now time.Time) error {
	return f.put(ctx, interactionKind, i.ID, i, i.ExpireTime, now)
}

// Interaction finds one that has not expired.
func (f *Flows) Interaction(ctx context.Context, id string, now time.Time) (domain.Interaction, Stored, error) {
	var i domain.Interaction
	stored, found, err := f.get(ctx, interactionKind, id, &i)
	if err == nil && (!found || !now.Before(i.ExpireTime)) {
		err = errs.New(errs.NotFound, errorsv1.Reason_INTERACTION_NOT_FOUND, "there is no such interaction any more")
	}
	return i, stored, err
}

// decide replaces the interaction if it is what was read and, when there is one, keeps the code.
func decide() *redis.Script {
	return redis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
if ARGV[3] ~= '' then redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4]) end
return 1
`)
}

// Decide keeps the decided interaction and its code; false: somebody else has decided meanwhile. A nil code
// is a refusal.
func (f *Flows) Decide(
	ctx context.Context, was Stored, i domain.Interaction, codeHash []byte, code *domain.Code, now time.Time,
) (bool, error) {
	sealed, err := f.seal(interactionKind, i.ID, i)
	if err != nil {
		return false, err
	}
	var sealedCode []byte
	name := hex.EncodeToString(codeHash)
	if code != nil {
		if sealedCode, err = f.seal(codeKind, name, code); err != nil {
			return false, err
		}
	}
	n, err := decide().Run(ctx, f.redis, []string{key(interactionKind, i.ID), key(codeKind, name)},
		[]byte(was), sealed, sealedCode, (i.ExpireTime.Sub(now) + garbage).Milliseconds()).Int()
	return n == 1, unavailable(err)
}

// Code finds what a code stands for, by its hash; false: it is not known.
func (f *Flows) Code(ctx context.Context, hash []byte) (domain.Code, bool, error) {
	var c domain.Code
	_, found, err := f.get(ctx, codeKind, hex.EncodeToString(hash), &c)
	return c, found, err
}

// PutLogout keeps a partner's request to sign out.
func (f *Flows) PutLogout(ctx context.Context, l domain.Logout, now time.Time) error {
	return f.put(ctx, logoutKind, l.ID, l, l.ExpireTime, now)
}

// Logout finds one that has not expired.
func (f *Flows) Logout(ctx context.Context, id string, now time.Time) (domain.Logout, error) {
	var l domain.Logout
	_, found, err := f.get(ctx, logoutKind, id, &l)
	if err == nil && (!found || !now.Before(l.ExpireTime)) {
		err = errs.New(errs.NotFound, errorsv1.Reason_LOGOUT_NOT_FOUND, "there is no such sign-out any more")
	}
	return l, err
}

func (f *Flows) put(ctx context.Context, kind, id string, thing any, end, now time.Time) error {
	sealed, err := f.seal(kind, id, thing)
	if err != nil {
		return err
	}
	return unavailable(f.redis.Set(ctx, key(kind, id), sealed, end.Sub(now)+garbage).Err())
}

func (f *Flows) seal(kind, id string, thing any) ([]byte, error) {
	plain, err := json.Marshal(thing)
	if err != nil {
		return nil, err
	}
	return f.keys.Seal(plain, place(kind, id))
}

func (f *Flows) get(ctx context.Context, kind, id string, into any) (Stored, bool, error) {
	sealed, err := f.redis.Get(ctx, key(kind, id)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, unavailable(err)
	}
	plain, err := f.keys.Open(sealed, place(kind, id))
	if err != nil {
		return nil, false, err
	}
	return sealed, true, json.Unmarshal(plain, into)
}

func key(kind, id string) string { return "oidc:" + kind + ":" + id }

func place(kind, id string) secret.AssociatedData {
	return secret.AssociatedData{Table: kind, Row: id, Column: "value"}
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return errs.Wrap(err, errs.Unavailable, errorsv1.Reason_UNAVAILABLE, "sign-ins under way cannot be reached").
		After(time.Second)
}
