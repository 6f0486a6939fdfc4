package store

import (
	"bytes"
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

// InteractionStore holds interactions, authorization codes and sign-outs in progress, in Redis and encrypted. Losing them
// costs a new start and gives an attacker nothing, since a code counts as redeemed in Postgres. Times are the caller's:
// Redis' expiry only collects garbage.
type InteractionStore struct {
	redis  *redis.Client
	keys   *secret.Keys
	limits domain.PendingLimits
}

// NewInteractionStore stores them in Redis, encrypted with the keys and within the limits.
func NewInteractionStore(client *redis.Client, keys *secret.Keys, limits domain.PendingLimits) *InteractionStore {
	return &InteractionStore{redis: client, keys: keys, limits: limits}
}

// The kinds of entries; each is a namespace.
const (
	interactionKind = "interaction"
	codeKind        = "code"
	logoutKind      = "logout"
	// finishedKind marks a sign-out that is finished.
	finishedKind = "finished-logout"
	// garbage is how long an entry stays after its expiry.
	garbage = time.Minute
)

// Revision is an entry as it was read: a change compares it.
type Revision []byte

// PutInteraction stores a new interaction, if there is room.
func (s *InteractionStore) PutInteraction(ctx context.Context, i domain.Interaction, now time.Time) error {
	return s.begin(ctx, interactionKind, i.ID, i, i.Pending, i.ExpireTime, now)
}

// Interaction finds one that has not expired.
func (s *InteractionStore) Interaction(ctx context.Context, id string, now time.Time) (domain.Interaction, Revision, error) {
	var i domain.Interaction
	revision, found, err := s.get(ctx, interactionKind, id, &i)
	if err == nil && (!found || !now.Before(i.ExpireTime)) {
		err = errs.New(errorsv1.Reason_INTERACTION_NOT_FOUND, "there is no such interaction any more")
	}
	return i, revision, err
}

// change replaces an entry that is still at the revision that was read.
func change() *redis.Script {
	return redis.NewScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
`)
}

// ChangeInteraction replaces an interaction; false: it is not any more what it was when it was read.
func (s *InteractionStore) ChangeInteraction(ctx context.Context, revision Revision, i domain.Interaction) (bool, error) {
	sealed, err := s.seal(interactionKind, i.ID, i)
	if err != nil {
		return false, err
	}
	n, err := change().Run(ctx, s.redis, []string{key(interactionKind, i.ID)}, []byte(revision), sealed).Int()
	return n == 1, unavailable(err)
}

// decide replaces the interaction if it is still at the revision that was read, which counts as pending no more, and
// stores the code, if there is one.
func decide() *redis.Script {
	return redis.NewScript(release + `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
release(KEYS[3], KEYS[4], ARGV[5])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
if ARGV[3] ~= '' then redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4]) end
return 1
`)
}

// Decide stores the decided interaction and its code; a nil code is a refusal. Exactly one of several concurrent callers
// decides; the others get false.
func (s *InteractionStore) Decide(
	ctx context.Context, revision Revision, i domain.Interaction, codeHash []byte, code *domain.Code, now time.Time,
) (bool, error) {
	sealed, err := s.seal(interactionKind, i.ID, i)
	if err != nil {
		return false, err
	}
	var sealedCode []byte
	name := hex.EncodeToString(codeHash)
	if code != nil {
		if sealedCode, err = s.seal(codeKind, name, code); err != nil {
			return false, err
		}
	}
	counters := pendingKeys(interactionKind, i.Pending)
	n, err := decide().Run(ctx, s.redis, append([]string{key(interactionKind, i.ID), key(codeKind, name)}, counters...),
		[]byte(revision), sealed, sealedCode, (i.ExpireTime.Sub(now) + garbage).Milliseconds(), i.Pending.Until).Int()
	return n == 1, unavailable(err)
}

// PutCode stores what a code that nobody had to decide about stands for, by its hash.
func (s *InteractionStore) PutCode(ctx context.Context, hash []byte, c domain.Code, now time.Time) error {
	return s.put(ctx, codeKind, hex.EncodeToString(hash), c, c.ExpireTime, now)
}

// Code finds what a code stands for, by its hash; false: it is unknown.
func (s *InteractionStore) Code(ctx context.Context, hash []byte) (domain.Code, bool, error) {
	var c domain.Code
	_, found, err := s.get(ctx, codeKind, hex.EncodeToString(hash), &c)
	return c, found, err
}

// PutLogout stores a partner's request to sign out, if there is room.
func (s *InteractionStore) PutLogout(ctx context.Context, l domain.Logout, now time.Time) error {
	return s.begin(ctx, logoutKind, l.ID, l, l.Pending, l.ExpireTime, now)
}

// ChangeLogout replaces one.
func (s *InteractionStore) ChangeLogout(ctx context.Context, l domain.Logout, now time.Time) error {
	return s.put(ctx, logoutKind, l.ID, l, l.ExpireTime, now)
}

// Logout finds one that has not expired.
func (s *InteractionStore) Logout(ctx context.Context, id string, now time.Time) (domain.Logout, error) {
	var l domain.Logout
	_, found, err := s.get(ctx, logoutKind, id, &l)
	if err == nil && (!found || !now.Before(l.ExpireTime)) {
		err = errs.New(errorsv1.Reason_LOGOUT_NOT_FOUND, "there is no such sign-out any more")
	}
	return l, err
}

func (s *InteractionStore) put(ctx context.Context, kind, id string, value any, end, now time.Time) error {
	sealed, err := s.seal(kind, id, value)
	if err != nil {
		return err
	}
	return unavailable(s.redis.Set(ctx, key(kind, id), sealed, end.Sub(now)+garbage).Err())
}

func (s *InteractionStore) seal(kind, id string, value any) ([]byte, error) {
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false) // it would make six bytes of some
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return s.keys.Seal(plain.Bytes(), associatedData(kind, id))
}

func (s *InteractionStore) get(ctx context.Context, kind, id string, into any) (Revision, bool, error) {
	sealed, err := s.redis.Get(ctx, key(kind, id)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, unavailable(err)
	}
	plain, err := s.keys.Open(sealed, associatedData(kind, id))
	if err != nil {
		return nil, false, err
	}
	return sealed, true, json.Unmarshal(plain, into)
}

func key(kind, id string) string { return "oidc:" + kind + ":" + id }

func associatedData(kind, id string) secret.AssociatedData {
	return secret.AssociatedData{Table: kind, Row: id, Column: "value"}
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return errs.Wrap(err, errorsv1.Reason_UNAVAILABLE, "sign-ins in progress cannot be reached").
		After(time.Second)
}
