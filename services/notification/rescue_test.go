package notification_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/testkit"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/events/v1"
)

// left puts a message into the state in which a process leaves it that is killed between storing and sending it.
func (w *world) left(r func() string) string {
	w.t.Helper()
	w.outside.failWith(down())
	id := r()
	w.waitTries(1)
	w.outside.failWith(nil)
	for _, sql := range []string{
		`DELETE FROM notification.river_job WHERE kind = 'send'`,
		`UPDATE notification.messages SET in_hand_until = created_at + interval '20 seconds', attempts = 1`,
	} {
		if _, err := w.Pool().Exec(w.ctx, sql); err != nil {
			w.t.Fatal(err)
		}
	}
	return id
}

// rescued waits until the job has run after a restart.
func (w *world) rescued() {
	w.t.Helper()
	last := w.count(`SELECT coalesce(max(id), 0) FROM notification.river_job`)
	w.Restart()
	w.dial("otp")
	testkit.Eventually(w.t, "a rescue", func() bool {
		return w.count(`SELECT count(*) FROM notification.river_job
			WHERE kind = 'rescue' AND state = 'completed' AND id > $1`, last) > 0
	})
}

func TestMessageLeftByACrashIsDelivered(t *testing.T) {
	w := start(t)
	sent := testkit.Watch[eventsv1.MessageSent](w.Env)
	id := w.left(func() string { return w.send(code("key")) })
	w.rescued()
	if sms, _, _ := w.outside.state(); len(sms) != 0 {
		t.Error("rescued while it may still be in somebody's hand")
	}
	w.Clock.Advance(20 * time.Second)
	w.rescued()
	if got := w.waitSMS(1)[0].GetMessageId(); got != id {
		t.Errorf("received under %s, want %s", got, id)
	}
	w.waitState(id, "SENT", true)
	w.rescued()
	if sms := w.waitSMS(1); len(sms) != 1 || len(sent.Wait(1)) != 1 {
		t.Errorf("%d SMS, %d events", len(sms), len(sent.All()))
	}
}

func TestExpiredMessageLeftByACrashIsDropped(t *testing.T) {
	w := start(t)
	r := code("key")
	r.ExpireTime = timestamppb.New(w.Clock.Now().Add(15 * time.Second))
	id := w.left(func() string { return w.send(r) })
	w.Clock.Advance(20 * time.Second)
	w.rescued()
	w.waitState(id, "FAILED", true)
	if sms, _, _ := w.outside.state(); len(sms) != 0 {
		t.Error("sent after it expired")
	}
}

// A provider that hangs for a while holds up what waits behind it no longer than that.
func TestMessagesBehindAHangingProviderAreNotLeftToTheRescue(t *testing.T) {
	w := start(t)
	const more = 40 // than are given to providers at once
	w.outside.mu.Lock()
	for i := range more {
		w.send(code(fmt.Sprint("key", i)))
	}
	w.Clock.Advance(6 * time.Second)
	w.outside.mu.Unlock()
	w.waitSMS(more)
	testkit.Eventually(t, "all to be sent once", func() bool {
		return w.count(`SELECT count(*) FROM notification.messages WHERE state = 'SENT'`) == more
	})
	if sms, _, _ := w.outside.state(); len(sms) != more {
		t.Errorf("%d SMS", len(sms))
	}
}

// The version before stores messages with a job: they are delivered by it.
func TestMessagesOfTheVersionBeforeAreDelivered(t *testing.T) {
	w := start(t)
	w.outside.failWith(down())
	id := w.send(code("key"))
	w.waitTries(1)
	w.outside.failWith(nil)
	_, err := w.Pool().Exec(w.ctx, `UPDATE notification.river_job SET args = jsonb_build_object('message_id', $1::text)
		WHERE kind = 'send'`, id)
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Second)
	w.waitState(id, "SENT", true)
}
