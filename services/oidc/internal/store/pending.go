package store

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// What is under way is counted per address and in all, by the time slot in which it ends. The counters lie beside what they
// count and are lost with it; to add them up is to read a dozen numbers.

// begin stores an entry unless there are too many: of the address, or in all.
func begin() *redis.Script {
	return redis.NewScript(`
local function pending(key)
  local sum = 0
  local slots = redis.call('HGETALL', key)
  for i = 1, #slots, 2 do
    if tonumber(slots[i]) <= tonumber(ARGV[4]) then
      redis.call('HDEL', key, slots[i])
    else
      sum = sum + tonumber(slots[i + 1])
    end
  end
  return sum
end
if pending(KEYS[2]) >= tonumber(ARGV[5]) then return 1 end
if pending(KEYS[3]) >= tonumber(ARGV[6]) then return 2 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for i = 2, 3 do
  redis.call('HINCRBY', KEYS[i], ARGV[3], 1)
  redis.call('PEXPIRE', KEYS[i], ARGV[2] * 2)
end
return 0
`)
}

// What begin says.
const (
	tooManyOfAddress = 1
	tooManyInAll     = 2
)

// release is a function of scripts: an entry counts no more.
const release = `
local function release(address, all, slot)
  for _, key in ipairs({address, all}) do
    if redis.call('HEXISTS', key, slot) == 1 and redis.call('HINCRBY', key, slot, -1) <= 0 then
      redis.call('HDEL', key, slot)
    end
  end
end
`

// abandon removes an entry that is still at the revision that was read.
func abandon() *redis.Script {
	return redis.NewScript(release + `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
release(KEYS[2], KEYS[3], ARGV[2])
return 1
`)
}

// Abandon removes an interaction that nobody has decided meanwhile.
func (s *InteractionStore) Abandon(ctx context.Context, revision Revision, i domain.Interaction) error {
	keys := append([]string{key(interactionKind, i.ID)}, pendingKeys(interactionKind, i.Pending)...)
	return unavailable(abandon().Run(ctx, s.redis, keys, []byte(revision), i.Pending.Until).Err())
}

// finish marks an entry, once, as one that counts no more.
func finish() *redis.Script {
	return redis.NewScript(release + `
if redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[1]) then release(KEYS[2], KEYS[3], ARGV[2]) end
return 0
`)
}

// FinishLogout has a sign-out count no more. It stays, for a browser that loses the answer and asks again.
func (s *InteractionStore) FinishLogout(ctx context.Context, l domain.Logout, now time.Time) error {
	keys := append([]string{key(finishedKind, l.ID)}, pendingKeys(logoutKind, l.Pending)...)
	life := (l.ExpireTime.Sub(now) + garbage).Milliseconds()
	return unavailable(finish().Run(ctx, s.redis, keys, life, l.Pending.Until).Err())
}

func (s *InteractionStore) begin(
	ctx context.Context, kind, id string, value any, p domain.Pending, end, now time.Time,
) error {
	sealed, err := s.seal(kind, id, value)
	if err != nil {
		return err
	}
	n, err := begin().Run(ctx, s.redis, append([]string{key(kind, id)}, pendingKeys(kind, p)...),
		sealed, (end.Sub(now) + garbage).Milliseconds(), p.Until, now.UnixMilli(), s.limits.PerAddress, s.limits.InAll).Int()
	if err != nil {
		return unavailable(err)
	}
	retry := domain.PendingRetry(end.Sub(now))
	switch n {
	case tooManyOfAddress:
		return errs.New(errorsv1.Reason_INTERACTION_LIMIT, "too many are under way from this address").After(retry)
	case tooManyInAll:
		return errs.New(errorsv1.Reason_OVERLOADED, "too many are under way").After(retry)
	}
	return nil
}

// pendingKeys are the counters of an address and of all.
func pendingKeys(kind string, p domain.Pending) []string {
	return []string{key("pending-"+kind, p.Address), key("pending-"+kind, "")}
}
