package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	"github.com/propusk-id/propusk/services/otp/internal/domain"
)

// Codes are the live codes, in Redis: losing them costs their owners a new code and gives nobody a further guess,
// since failures are counted in Postgres.
type Codes struct{ redis *redis.Client }

// NewCodes keeps codes in Redis.
func NewCodes(client *redis.Client) *Codes { return &Codes{redis: client} }

// Slot is where the one live code of a flow at a destination, for a purpose, is kept: known by MACs only.
type Slot struct {
	Purpose otpv1.Purpose
	// Flow is of the destination and the flow.
	Flow []byte
	// Destination is where the version before kept a destination's only code; links of its time live for days.
	Destination []byte
}

func (s Slot) keys() []string {
	prefix := "otp:code:" + s.Purpose.String() + ":"
	return []string{prefix + hex.EncodeToString(s.Flow), prefix + hex.EncodeToString(s.Destination)}
}

// put does nothing where the code is already: a repeated call must not give its attempts back.
var put = redis.NewScript(`
local code = redis.call('HGET', KEYS[1], 'code')
if code and cjson.decode(code).ID == ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'flow', ARGV[2], 'expire', ARGV[3], 'code', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
`)

// Put makes the code the flow's only one.
func (c *Codes) Put(ctx context.Context, slot Slot, code domain.Code, now time.Time) error {
	data, err := json.Marshal(code)
	if err != nil {
		return err
	}
	life := code.ExpireTime.Sub(now) + time.Minute
	err = put.Run(ctx, c.redis, slot.keys()[:1],
		code.ID.String(), code.FlowID, code.ExpireTime.UnixMilli(), data, life.Milliseconds()).Err()
	return unavailable(err)
}

// try counts an attempt, once however often it is repeated, and answers the code, or why there is none. A code that is
// spent goes on counting: who repeats a right guess gets its answer, and who knows the guess's name but not the code has no
// more tries than anybody. Once there were too many, nothing is answered any more. Time is the caller's: the key's TTL only
// collects garbage.
var try = redis.NewScript(`
local key = KEYS[1]
if redis.call('EXISTS', key) == 0 then key = KEYS[2] end
local flow, expire, code, tries, spent = unpack(redis.call('HMGET', key, 'flow', 'expire', 'code', 'tries', 'spent'))
if not flow or flow ~= ARGV[1] or tonumber(expire) <= tonumber(ARGV[2]) then return {-1, ''} end
if tries and tonumber(tries) > tonumber(ARGV[3]) then return {-2, ''} end
local counted = redis.call('HGET', key, 'attempt:' .. ARGV[4])
if counted then return {tonumber(counted), code} end
local left = tonumber(ARGV[3]) - redis.call('HINCRBY', key, 'tries', 1)
if left < 0 then return {-2, ''} end
if spent then return {-1, ''} end
redis.call('HSET', key, 'attempt:' .. ARGV[4], left)
return {left, code}
`)

// Try counts an attempt at the code, of which there are limit, and gives the code and how many attempts remain after this
// one.
func (c *Codes) Try(
	ctx context.Context, slot Slot, flowID, attemptID string, limit int, now time.Time,
) (domain.Code, int, error) {
	var code domain.Code
	answer, err := try.Run(ctx, c.redis, slot.keys(), flowID, now.UnixMilli(), limit, attemptID).Slice()
	if err != nil {
		return code, 0, unavailable(err)
	}
	left, _ := answer[0].(int64)
	switch left {
	case -1:
		return code, 0, domain.NoCode()
	case -2:
		return code, 0, errs.New(errorsv1.Reason_CODE_ATTEMPTS_EXHAUSTED, "the code is used up: ask for a new one")
	}
	data, _ := answer[1].(string)
	return code, int(left), json.Unmarshal([]byte(data), &code)
}

var spend = redis.NewScript(`
for _, key in ipairs(KEYS) do
  local code = redis.call('HGET', key, 'code')
  if code and cjson.decode(code).ID == ARGV[1] then return redis.call('HSET', key, 'spent', 1) end
end
return 0
`)

// Spend marks a code as used. Postgres records that it is, so that a failure here does no harm.
func (c *Codes) Spend(ctx context.Context, slot Slot, id uuid.UUID) error {
	err := spend.Run(ctx, c.redis, slot.keys(), id.String()).Err()
	if errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return errs.Wrap(err, errorsv1.Reason_UNAVAILABLE, "codes cannot be reached").After(time.Second)
}
