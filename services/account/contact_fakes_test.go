package account_test

import (
	"context"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
)

const rightCode = "246810"

// codes plays otp: one right code per flow, purpose and destination, spent once; a decoy has none.
type codes struct {
	otpv1.UnimplementedOTPServiceServer
	mu     sync.Mutex
	now    func() time.Time
	issued []*otpv1.IssueCodeRequest
	live   map[string]bool
	decoys map[string]bool
	sends  map[string]bool
	spent  map[string]bool
	// count is how many went out; to is where the last one went.
	count int
	to    string
}

func newCodes(now func() time.Time) *codes {
	return &codes{now: now, live: map[string]bool{}, decoys: map[string]bool{}, sends: map[string]bool{}, spent: map[string]bool{}}
}

type codeRequest interface {
	GetPurpose() otpv1.Purpose
	GetFlowId() string
	GetChannel() otpv1.Channel
	GetDestination() string
}

func slotOf(r codeRequest) string {
	return r.GetPurpose().String() + "/" + r.GetFlowId() + "/" + r.GetChannel().String() + "/" + r.GetDestination()
}

func (c *codes) IssueCode(_ context.Context, r *otpv1.IssueCodeRequest) (*otpv1.IssueCodeResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if name := r.GetFlowId() + "/" + r.GetSendId(); !c.sends[name] {
		c.sends[name] = true
		c.issued = append(c.issued, r)
		c.count, c.to = c.count+1, r.GetDestination()
		c.live[slotOf(r)], c.decoys[slotOf(r)] = !r.GetDecoy(), r.GetDecoy()
	}
	return &otpv1.IssueCodeResponse{
		ExpireTime: timestamppb.New(c.now().Add(5 * time.Minute)), ResendTime: timestamppb.New(c.now().Add(time.Minute)),
	}, nil
}

func (c *codes) VerifyCode(_ context.Context, r *otpv1.VerifyCodeRequest) (*otpv1.VerifyCodeResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	attempt := slotOf(r) + "/" + r.GetAttemptId()
	switch {
	case c.spent[attempt]:
		return &otpv1.VerifyCodeResponse{}, nil
	case c.decoys[slotOf(r)] && r.GetPurpose() == otpv1.Purpose_RECOVERY:
		return nil, errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(4)
	case !c.live[slotOf(r)]:
		return nil, errs.New(errorsv1.Reason_CODE_EXPIRED, "there is none")
	case r.GetCode() != rightCode:
		return nil, errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(4)
	}
	c.live[slotOf(r)], c.spent[attempt] = false, true
	return &otpv1.VerifyCodeResponse{}, nil
}

func (c *codes) last() *otpv1.IssueCodeRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.issued) == 0 {
		return &otpv1.IssueCodeRequest{}
	}
	return c.issued[len(c.issued)-1]
}

// messages plays notification, and keeps what it was to send by its key.
type messages struct {
	notificationv1.UnimplementedNotificationServiceServer
	mu   sync.Mutex
	sent []*notificationv1.SendMessageRequest
	down bool
}

func (m *messages) SendMessage(
	_ context.Context, r *notificationv1.SendMessageRequest,
) (*notificationv1.SendMessageResponse, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down {
		return nil, errs.New(errorsv1.Reason_UNAVAILABLE, "down")
	}
	for _, before := range m.sent {
		if before.GetIdempotencyKey() == r.GetIdempotencyKey() {
			return &notificationv1.SendMessageResponse{}, nil
		}
	}
	m.sent = append(m.sent, r)
	return &notificationv1.SendMessageResponse{}, nil
}

// to are the messages of a template that a destination was sent.
func (m *messages) to(destination, template string) []*notificationv1.SendMessageRequest {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []*notificationv1.SendMessageRequest
	for _, r := range m.sent {
		if r.GetDestination() == destination && r.GetTemplate() == template {
			out = append(out, r)
		}
	}
	return out
}

func (m *messages) setDown(down bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = down
}
