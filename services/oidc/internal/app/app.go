// Package app leads a partner's request through the pages to tokens, and tokens to data.
package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/events"
	"github.com/propusk-id/propusk/pkg/secret"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	profilev1 "github.com/propusk-id/propusk/proto/gen/propusk/profile/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/jose"
	"github.com/propusk-id/propusk/services/oidc/internal/outbound"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// App has the use cases.
type App struct {
	Store        *store.Store
	Interactions *store.InteractionStore
	Account      accountv1.AccountServiceClient
	Profile      profilev1.ProfileServiceClient
	Keys         *secret.Keys
	KeySet       *jose.KeySet
	// Outbound reaches the addresses that clients have registered.
	Outbound *outbound.Client
	// Issuer is the platform's public URL.
	Issuer string
	// Sandbox: the sandbox may register clients, so many at most.
	Sandbox           bool
	MaxSandboxClients int
	Lifetimes         domain.Lifetimes
	KeyPolicy         domain.KeyPolicy
	// Refused counts the partners' requests that were refused without anybody's doing.
	Refused *events.Tally
	Now     func() time.Time

	// accessTokens are those that were verified, by their hash, until they expire.
	accessTokens cache[string, access]
	clients      cache[string, domain.Client]
	// misbehaviours are a sandbox's, by client.
	misbehaviours cache[string, domain.Misbehaviour]
	// origins are those of public clients.
	origins cache[string, bool]
	// grants are what never changes of a grant: not whether it lives, nor its generation.
	grants cache[uuid.UUID, domain.Grant]
	// released counts what was given again.
	released releaseCounts
}

// Paths of the public endpoints, under the issuer.
const (
	PathAuthorize      = "/oauth2/authorize"
	PathContinue       = "/oauth2/continue"
	PathToken          = "/oauth2/token"
	PathIntrospect     = "/oauth2/introspect"
	PathRevoke         = "/oauth2/revoke"
	PathUserinfo       = "/oauth2/userinfo"
	PathKeys           = "/oauth2/jwks"
	PathLogout         = "/oauth2/logout"
	PathLogoutContinue = "/oauth2/logout/continue"
)

// subject is a person's `sub` for a client: pairwise by sector, or the same for all that are public.
func (a *App) subject(c domain.Client, accountID string) string {
	sector := "public"
	if !c.PublicSubject {
		sector = c.Sector()
	}
	return encode(a.Keys.MAC("sub", []byte(sector), []byte(accountID)))
}

// sid is a session as one client knows it: two clients must not learn from it that they see the same person.
func (a *App) sid(clientID, sessionID string) string {
	return encode(a.Keys.MAC("sid", []byte(clientID), []byte(sessionID))[:16])
}

// session finds the live session of the hosted pages; nil: there is none. A REST session does not count.
func (a *App) session(ctx context.Context, id string) (*domain.Session, error) {
	if id == "" {
		return nil, nil //nolint:nilnil // nobody is signed in
	}
	s, err := a.Account.GetSession(ctx, &accountv1.GetSessionRequest{SessionId: id})
	if isGone(err) {
		return nil, nil //nolint:nilnil // nobody is signed in any more
	}
	if err != nil {
		return nil, err
	}
	expired := !a.Now().Before(s.GetExpireTime().AsTime())
	if s.GetSurface() != accountv1.Surface_PAGES || s.GetState() != accountv1.Session_ACTIVE || expired {
		return nil, nil //nolint:nilnil // not one for partners
	}
	return &domain.Session{
		ID: s.GetId(), AccountID: s.GetAccountId(), Level: s.GetLevel(), AuthTime: s.GetAuthTime().AsTime(),
		AMR: s.GetAmr(), ExpireTime: s.GetExpireTime().AsTime(), Language: s.GetLanguage(),
	}, nil
}
