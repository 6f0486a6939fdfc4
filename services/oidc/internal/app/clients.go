package app

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/propusk-id/propusk/services/oidc/internal/domain"
)

// clientAge is for how long a replica goes by what it knows of a client. The one that changes it forgets it at once, the
// others after this time, whatever happens to events and networks: that is one statement per client, replica and five seconds.
const clientAge = 5 * time.Second

// client finds a partner's application that may be served; false: there is none, or it is disabled.
func (a *App) client(ctx context.Context, id string) (domain.Client, bool, error) {
	now := a.Now()
	c, mark, ok := a.clients.get(id, now)
	if ok {
		return c, !c.Disabled, nil
	}
	c, found, err := a.Store.Client(ctx, id)
	if err == nil && found {
		a.clients.put(id, c, now.Add(clientAge), mark)
	}
	return c, found && !c.Disabled, err
}

// RemembersClient says whether to find a client costs nothing.
func (a *App) RemembersClient(id string) bool {
	_, _, ok := a.clients.get(id, a.Now())
	return ok
}

// knownClient is the client, or the refusal for a person whom a partner sent that is none.
func (a *App) knownClient(ctx context.Context, id string) (domain.Client, error) {
	c, found, err := a.client(ctx, id)
	if err == nil && !found {
		err = errUnknownClient()
	}
	return c, err
}

// FindClient finds a client that may be served, for whoever authenticates it; false: there is none.
func (a *App) FindClient(ctx context.Context, id string) (domain.Client, bool, error) {
	return a.client(ctx, id)
}

// OriginKnown says whether a public client's browser application of this origin may read answers.
func (a *App) OriginKnown(ctx context.Context, origin string) (bool, error) {
	if !utf8.ValidString(origin) || domain.Origin(origin) != origin { // no text: Postgres would not take it
		return false, nil
	}
	now := a.Now()
	_, mark, remembered := a.origins.get(origin, now)
	if remembered {
		return true, nil
	}
	known, err := a.Store.OriginKnown(ctx, origin)
	if err == nil && known {
		a.origins.put(origin, true, now.Add(clientAge), mark)
	}
	return known, err
}

// RemembersOrigin says whether to find an origin costs nothing.
func (a *App) RemembersOrigin(origin string) bool {
	_, _, ok := a.origins.get(origin, a.Now())
	return ok
}
