package web

import (
	"context"

	"github.com/propusk-id/propusk/pkg/rpc"
	"github.com/propusk-id/propusk/services/internal/ratelimit"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// Limits bound what programs ask. Who is known has a budget of its own, so that a partner's servers may share an address
// with anybody.
type Limits struct {
	// Clients is the budget of a client that has proved who it is, and of an address for looking clients up.
	Clients *ratelimit.Limiter
	// Others is that of an address, for everything else that comes from it, and of a person's grant at userinfo.
	Others *ratelimit.Limiter
}

type limits struct {
	Limits
	// grantOf names the grant of an access token.
	grantOf func(token string) (string, bool)
}

// client counts a request of a client. Who is none, or a public one, proves nothing: anybody could use up its budget.
func (l limits) client(ctx context.Context, c domain.Client) error {
	if c.ID == "" || c.Public() {
		return l.address(ctx)
	}
	own := *l.Clients
	if c.RequestsPerMinute > 0 {
		own.PerMinute = int(c.RequestsPerMinute)
	}
	return own.Allow(ctx, c.ID)
}

// lookUp counts the look-up of a client or an origin that is not remembered, which anybody can cause. A client that shares the address
// needs one in several seconds, so there is as much as a client may ask, and not what the address may.
func (l limits) lookUp(ctx context.Context) error {
	return l.Clients.Allow(ctx, "look-ups:"+rpc.RequestOf(ctx).Network())
}

// token counts a request that comes with an access token.
func (l limits) token(ctx context.Context, token string) error {
	grant, ok := l.grantOf(token)
	if !ok {
		return l.address(ctx)
	}
	return l.Others.Allow(ctx, "grant:"+grant)
}

func (l limits) address(ctx context.Context) error {
	return l.Others.Allow(ctx, "address:"+rpc.RequestOf(ctx).Network())
}
