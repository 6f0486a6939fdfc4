package registration_test

import (
	"context"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	otpv1 "github.com/propusk-id/propusk/proto/gen/propusk/otp/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
)

const (
	rightCode = "123456"
	linkToken = "the-token-of-the-link"
)

// fault is how a neighbour fails its next call.
type fault int

const (
	none fault = iota
	// away: the call does not reach it.
	away
	// lost: it does its work and the answer does not come back.
	lost
)

// faults make neighbours fail once.
type faults struct {
	mu   sync.Mutex
	next map[string]fault
}

func (f *faults) set(method string, what fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next == nil {
		f.next = map[string]fault{}
	}
	f.next[method] = what
}

// around runs the work unless the call is to fail.
func (f *faults) around(method string, work func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	what := f.next[method]
	delete(f.next, method)
	down := errs.New(errorsv1.Reason_UNAVAILABLE, "down")
	if what == away {
		return down
	}
	if err := work(); err != nil || what == none {
		return err
	}
	return down
}

// codes plays otp: one right code, spent once. It knows repeated sends and attempts by their names.
type codes struct {
	otpv1.UnimplementedOTPServiceServer
	faults
	now    func() time.Time
	issued []*otpv1.IssueCodeRequest
	sends  map[string]*otpv1.IssueCodeResponse
	// spent says which attempt was right, by flow and attempt.
	spent  map[string]bool
	live   map[string]bool
	refuse errorsv1.Reason
}

func (c *codes) IssueCode(_ context.Context, r *otpv1.IssueCodeRequest) (*otpv1.IssueCodeResponse, error) {
	var out *otpv1.IssueCodeResponse
	name := r.GetFlowId() + "/" + r.GetSendId()
	err := c.around("IssueCode", func() error {
		if out = c.sends[name]; out != nil {
			return nil
		}
		if c.refuse != 0 {
			return errs.New(c.refuse, "too early").After(time.Minute)
		}
		c.issued = append(c.issued, r)
		c.live[r.GetFlowId()] = !r.GetDecoy()
		out = &otpv1.IssueCodeResponse{
			ExpireTime: timestamppb.New(c.now().Add(5 * time.Minute)), ResendTime: timestamppb.New(c.now().Add(time.Minute)),
		}
		c.sends[name] = out
		return nil
	})
	return out, err
}

func (c *codes) VerifyCode(_ context.Context, r *otpv1.VerifyCodeRequest) (*otpv1.VerifyCodeResponse, error) {
	name := r.GetFlowId() + "/" + r.GetAttemptId()
	err := c.around("VerifyCode", func() error {
		if c.spent[name] {
			return nil
		}
		guess, err := r.GetCode(), error(nil)
		if r.GetChannel() == otpv1.Channel_SMS {
			guess, err = identifiers.ParseCode(r.GetCode(), len(rightCode))
		}
		var wrong errs.Fields
		if wrong.Check("code", err); err != nil {
			return wrong.Err()
		}
		if !c.live[r.GetFlowId()] {
			return errs.New(errorsv1.Reason_CODE_EXPIRED, "gone")
		}
		if guess != rightCode && guess != linkToken {
			return errs.New(errorsv1.Reason_CODE_WRONG, "wrong").Leaving(4)
		}
		c.live[r.GetFlowId()] = false
		c.spent[name] = true
		return nil
	})
	return &otpv1.VerifyCodeResponse{}, err
}

// forget is what a flushed Redis does.
func (c *codes) forget(flow string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.live, flow)
}

func (c *codes) all() []*otpv1.IssueCodeRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*otpv1.IssueCodeRequest(nil), c.issued...)
}

func (c *codes) refuseWith(r errorsv1.Reason) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuse = r
}

// accounts plays account: contacts have one owner, passwords eight characters.
type accounts struct {
	accountv1.UnimplementedAccountServiceServer
	faults
	owners map[string]string
	made   []*accountv1.CreateAccountRequest
}

func (a *accounts) LookupContact(
	_ context.Context, r *accountv1.LookupContactRequest,
) (*accountv1.LookupContactResponse, error) {
	var taken bool
	err := a.around("LookupContact", func() error {
		taken = a.owners[r.GetPhone()+r.GetEmail()] != ""
		return nil
	})
	return &accountv1.LookupContactResponse{Taken: taken}, err
}

func (a *accounts) CreateAccount(_ context.Context, r *accountv1.CreateAccountRequest) (*accountv1.Account, error) {
	err := a.around("CreateAccount", func() error {
		for _, m := range a.made {
			switch {
			case m.GetAccountId() != r.GetAccountId():
			case m.GetPassword() == r.GetPassword():
				return nil
			default:
				return errs.New(errorsv1.Reason_SIGN_IN_FAILED, "the account has another password")
			}
		}
		contact := r.GetPhone() + r.GetEmail()
		switch owner := a.owners[contact]; {
		case owner != "":
			return errs.New(errorsv1.Reason_CONTACT_TAKEN, "taken")
		case len(r.GetPassword()) < 8:
			var wrong errs.Fields
			wrong.Add("password", errorsv1.Reason_PASSWORD_TOO_SHORT)
			return wrong.Err()
		}
		a.owners[contact] = r.GetAccountId()
		a.made = append(a.made, r)
		return nil
	})
	return &accountv1.Account{AccountId: r.GetAccountId(), Level: accountv1.Level_SIMPLIFIED}, err
}

func (a *accounts) own(contact, account string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.owners[contact] = account
}

func (a *accounts) all() []*accountv1.CreateAccountRequest {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]*accountv1.CreateAccountRequest(nil), a.made...)
}

// cards plays profile.
type cards struct {
	profilev1.UnimplementedProfileServiceServer
	faults
	put map[string]*profilev1.PutCardRequest
}

func (c *cards) PutCard(_ context.Context, r *profilev1.PutCardRequest) (*emptypb.Empty, error) {
	err := c.around("PutCard", func() error {
		c.put[r.GetAccountId()] = r
		return nil
	})
	return &emptypb.Empty{}, err
}

func (c *cards) of(account string) *profilev1.PutCardRequest {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.put[account]
}
