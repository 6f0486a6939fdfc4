package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// limit takes out what the client can do without, for people who give third parties nothing of the kind.
func (a *App) limit(ctx context.Context, claims Claims, g domain.Grant) error {
	if !g.Limited {
		return nil
	}
	client, found, err := a.client(ctx, g.ClientID)
	if err != nil {
		return err
	}
	if !found {
		return domain.ErrToken()
	}
	claims.withhold(client.VoluntaryClaims)
	return nil
}

// release has on record that a client gets claims, before it gets them: a set that is new under the grant by an event, others by
// their number.
func (a *App) release(ctx context.Context, g domain.Grant, claims Claims, now time.Time) error {
	names := slices.DeleteFunc(slices.Collect(maps.Keys(claims)), func(name string) bool { return name == "sub" || domain.Derived(name) })
	if len(names) == 0 {
		return nil
	}
	r := domain.NewRelease(g, names, now)
	if g.IsFirstRelease(r) {
		first, err := a.noteFirst(ctx, g, r)
		if err != nil || first {
			return err
		}
	}
	if a.released.add(r) {
		return nil
	}
	return a.FlushReleases(ctx)
}

// noteFirst has the first time of a set of claims on record; false: it was given meanwhile.
func (a *App) noteFirst(ctx context.Context, g domain.Grant, r domain.Release) (first bool, err error) {
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if first, err = tx.NoteRelease(ctx, g.ID, r); err != nil || !first {
			return err
		}
		return tx.Emit(ctx, g.ID.String(), &eventsv1.DataReleased{
			GrantId: g.ID.String(), AccountId: g.AccountID.String(), ClientId: g.ClientID, Claims: r.Claims,
		})
	})
	return first, err
}

// FlushReleases stores how often claims were given again since the last time. What cannot be stored is counted on.
func (a *App) FlushReleases(ctx context.Context) error {
	counted := a.released.take()
	if len(counted) == 0 {
		return nil
	}
	err := a.Store.CountReleases(ctx, counted)
	if err != nil {
		for _, r := range counted {
			a.released.add(r)
		}
	}
	return err
}

// releaseCounts counts in memory what was given again: a process that is killed loses the last second's.
type releaseCounts struct {
	mu     sync.Mutex
	counts map[releaseKey]domain.Release
}

type releaseKey struct {
	account        uuid.UUID
	client, claims string
	day            time.Time
}

// add counts a release; false: there are so many that it is time to store them.
func (c *releaseCounts) add(r domain.Release) bool {
	key := releaseKey{r.AccountID, r.ClientID, r.Joined(), r.Day()}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[releaseKey]domain.Release{}
	}
	if before, ok := c.counts[key]; ok {
		r.Times += before.Times
		if before.Time.After(r.Time) {
			r.Time = before.Time
		}
	}
	c.counts[key] = r
	return len(c.counts) < maxCached
}

// take empties the counter. The order is one that all replicas keep, so that two never wait for each other.
func (c *releaseCounts) take() []domain.Release {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := slices.Collect(maps.Values(c.counts))
	c.counts = nil
	slices.SortFunc(out, func(a, b domain.Release) int {
		return cmp.Or(slices.Compare(a.AccountID[:], b.AccountID[:]), cmp.Compare(a.ClientID, b.ClientID), a.Day().Compare(b.Day()),
			cmp.Compare(a.Joined(), b.Joined()))
	})
	return out
}
