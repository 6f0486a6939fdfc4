package notification_test

import (
	"context"
	"sync"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	oidcv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/v1"
	sandboxv1 "github.com/propusk-id/propusk/proto/gen/propusk/sandbox/v1"
)

// people plays account.
type people struct {
	accountv1.UnimplementedAccountServiceServer
	mu       sync.Mutex
	contacts *accountv1.Contacts
	asked    int
	fail     error
}

func (p *people) GetContacts(context.Context, *accountv1.GetContactsRequest) (*accountv1.Contacts, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return p.contacts, p.fail
}

func (p *people) set(c *accountv1.Contacts, fail error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.contacts, p.fail = c, fail
}

func (p *people) times() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// partners plays oidc: the requests that wait for people's levels.
type partners struct {
	oidcv1.UnimplementedOIDCServiceServer
	mu   sync.Mutex
	held []*oidcv1.HeldRequest
}

func (p *partners) ListHeldRequests(
	context.Context, *oidcv1.ListHeldRequestsRequest,
) (*oidcv1.ListHeldRequestsResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &oidcv1.ListHeldRequestsResponse{HeldRequests: p.held}, nil
}

func (p *partners) hold(held ...*oidcv1.HeldRequest) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = held
}

// outside plays the sandbox's operator and mail server.
type outside struct {
	sandboxv1.UnimplementedSandboxServiceServer
	mu     sync.Mutex
	sms    []*sandboxv1.ReceiveSMSRequest
	emails []*sandboxv1.ReceiveEmailRequest
	tries  int
	fail   error
	// lose has the message taken and the answer lost.
	lose bool
}

func (o *outside) ReceiveSMS(_ context.Context, r *sandboxv1.ReceiveSMSRequest) (*sandboxv1.ReceiveResponse, error) {
	return &sandboxv1.ReceiveResponse{}, o.take(func() { o.sms = append(o.sms, r) })
}

func (o *outside) ReceiveEmail(_ context.Context, r *sandboxv1.ReceiveEmailRequest) (*sandboxv1.ReceiveResponse, error) {
	return &sandboxv1.ReceiveResponse{}, o.take(func() { o.emails = append(o.emails, r) })
}

func (o *outside) take(keep func()) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tries++
	if o.fail != nil {
		return o.fail
	}
	keep()
	if o.lose {
		o.lose = false
		return down()
	}
	return nil
}

func (o *outside) failWith(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail = err
}

func (o *outside) state() (sms []*sandboxv1.ReceiveSMSRequest, emails []*sandboxv1.ReceiveEmailRequest, tries int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]*sandboxv1.ReceiveSMSRequest(nil), o.sms...), append([]*sandboxv1.ReceiveEmailRequest(nil), o.emails...), o.tries
}

func down() error { return errs.New(errorsv1.Reason_UNAVAILABLE, "down") }
