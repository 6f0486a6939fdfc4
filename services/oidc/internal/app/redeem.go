package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/propusk-id/propusk/pkg/secret"
	eventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/oidc/events/v1"
	"github.com/propusk-id/propusk/services/oidc/internal/domain"
	"github.com/propusk-id/propusk/services/oidc/internal/requestlog"
	"github.com/propusk-id/propusk/services/oidc/internal/store"
)

// The causes of a revocation, as events name them.
const (
	causeCodeReuse     = "code_reuse"
	causeRefreshReuse  = "refresh_reuse"
	causeLogout        = "logout"
	causeOfflineEnded  = "offline_access_ended"
	causeRevoked       = "revoked"
	causeClientDeleted = "client_deleted"
	causeWithdrawn     = "consent_withdrawn"
	causeEnded         = "ended_by_person"
	causeLimited       = "access_limited"
)

// RedeemCommand is a code as a client presents it.
type RedeemCommand struct {
	Code, RedirectURI, Verifier string
	// Resources are those of the request's that the access token is to be for; none: all.
	Resources []string
}

// Redeem finds what the tokens for an authorization code rest on, and uses the code up. A code that was redeemed before, even if the verifier is wrong now,
// has leaked: everything issued for it is revoked.
func (a *App) Redeem(ctx context.Context, client domain.Client, cmd RedeemCommand) (Basis, error) {
	now := a.Now()
	hash := secret.HashToken(cmd.Code)
	code, found, err := a.Interactions.Code(ctx, hash)
	if err != nil {
		return Basis{}, err
	}
	if !found {
		requestlog.Because(ctx, "code_unknown")
		return Basis{}, a.refuseCode(ctx, client, hash, now)
	}
	if code.CheckRedemption(client, cmd.RedirectURI, cmd.Verifier, now) != nil {
		noteWrongCode(ctx, code, client, cmd, now)
		return Basis{}, a.refuseCode(ctx, client, hash, now)
	}
	resources, err := narrowResources(client, code.Resources, cmd.Resources)
	if err != nil {
		return Basis{}, err
	}
	session, err := a.session(ctx, code.Session.ID)
	if err != nil {
		return Basis{}, err
	}
	if session == nil || session.AccountID != code.Session.AccountID {
		requestlog.Because(ctx, "session_ended")
		return Basis{}, a.refuseCode(ctx, client, hash, now)
	}
	grant, ok, err := a.insertGrant(ctx, code, *session, hash, now)
	if err != nil {
		return Basis{}, err
	}
	if !ok {
		requestlog.Because(ctx, "code_spent")
		return Basis{}, a.refuseCode(ctx, client, hash, now)
	}
	return Basis{
		Grant: &grant, Scopes: grant.Scopes, Nonce: code.Nonce, IDClaims: code.IDClaims, Resources: resources,
	}, nil
}

// noteWrongCode tells the client's developers, and nobody else, what of a redemption is wrong.
func noteWrongCode(ctx context.Context, code domain.Code, c domain.Client, cmd RedeemCommand, now time.Time) {
	switch {
	case code.ClientID != c.ID:
		requestlog.Because(ctx, "code_of_another_client")
	case code.RedirectURI != cmd.RedirectURI:
		requestlog.Because(ctx, "code_redirect_uri_differs")
	case !now.Before(code.ExpireTime):
		requestlog.Because(ctx, "code_unknown")
	default:
		requestlog.Because(ctx, "code_verifier_wrong")
	}
}

// insertGrant is the redemption, in the session as it is now: one statement that succeeds once per code.
func (a *App) insertGrant(
	ctx context.Context, code domain.Code, s domain.Session, hash []byte, now time.Time,
) (g domain.Grant, ok bool, err error) {
	account, err := uuid.Parse(s.AccountID)
	if err != nil {
		return g, false, err
	}
	keep := offline(code.Scopes)
	g = domain.Grant{
		ID: secret.NewID(), ClientID: code.ClientID, AccountID: account, SessionID: s.ID, Scopes: code.Scopes, Declined: code.Declined,
		Resources: code.Resources, AuthTime: s.AuthTime, ACR: domain.ACR(s.Level), AMR: s.AMR, Offline: keep, Language: s.Language, Generation: 1,
		RotatedAt: now, ExpireTime: a.Lifetimes.GrantEnd(keep, s, now),
	}
	err = a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if ok, err = tx.InsertGrant(ctx, g, hash, code.Withdrawals); err != nil || !ok {
			return err
		}
		return tx.Emit(ctx, g.ID.String(), &eventsv1.GrantIssued{
			GrantId: g.ID.String(), AccountId: g.AccountID.String(), ClientId: g.ClientID,
		})
	})
	return g, ok, err
}

// refuseCode revokes the grant that the code was redeemed for, if any, and refuses.
func (a *App) refuseCode(ctx context.Context, client domain.Client, hash []byte, now time.Time) error {
	err := a.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		g, revoked, err := tx.RevokeByCode(ctx, hash, client.ID, now)
		if err != nil || !revoked {
			return err
		}
		return tx.Emit(ctx, g.ID.String(), revokedEvent(g, causeCodeReuse))
	})
	if err != nil {
		return err
	}
	return domain.ErrGrant()
}

func revokedEvent(g domain.Grant, cause string) *eventsv1.GrantRevoked {
	return &eventsv1.GrantRevoked{
		GrantId: g.ID.String(), AccountId: g.AccountID.String(), ClientId: g.ClientID, Cause: cause,
	}
}
