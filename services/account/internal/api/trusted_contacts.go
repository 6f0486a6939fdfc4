package api

import (
	"context"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// TrustedContacts is the contract of who trusts whom.
type TrustedContacts struct {
	accountv1.UnimplementedTrustedContactServiceServer
	app *app.App
}

// GetTrustedContact shows who is trusted.
func (s *TrustedContacts) GetTrustedContact(
	ctx context.Context, r *accountv1.GetTrustedContactRequest,
) (*accountv1.TrustedContact, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return orError(trustedView)(s.app.TrustedContact(ctx, account))
}

// SetTrustedContact invites somebody.
func (s *TrustedContacts) SetTrustedContact(
	ctx context.Context, r *accountv1.SetTrustedContactRequest,
) (*accountv1.TrustedContact, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return orError(trustedView)(s.app.SetTrustedContact(ctx, account, r.GetLogin()))
}

// DeleteTrustedContact withdraws an invitation, or ends the trust after a wait.
func (s *TrustedContacts) DeleteTrustedContact(
	ctx context.Context, r *accountv1.DeleteTrustedContactRequest,
) (*emptypb.Empty, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.DeleteTrustedContact(ctx, account)
}

// ListPrincipals shows who trusts the person.
func (s *TrustedContacts) ListPrincipals(
	ctx context.Context, r *accountv1.ListPrincipalsRequest,
) (*accountv1.ListPrincipalsResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	page, next, err := s.app.ListPrincipals(ctx, account, paging.Of(r))
	if err != nil {
		return nil, err
	}
	out := &accountv1.ListPrincipalsResponse{NextPageToken: next}
	for _, p := range page {
		out.Principals = append(out.Principals, principalView(p))
	}
	return out, nil
}

// AcceptPrincipal accepts an invitation.
func (s *TrustedContacts) AcceptPrincipal(ctx context.Context, r *accountv1.AcceptPrincipalRequest) (*accountv1.Principal, error) {
	account, id, err := principalIDs(r)
	if err != nil {
		return nil, err
	}
	return orError(principalView)(s.app.AcceptPrincipal(ctx, account, id))
}

// DeletePrincipal declines an invitation, or ends being trusted.
func (s *TrustedContacts) DeletePrincipal(ctx context.Context, r *accountv1.DeletePrincipalRequest) (*emptypb.Empty, error) {
	account, id, err := principalIDs(r)
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.DeletePrincipal(ctx, account, id)
}

// principalIDs are those of an account and of an invitation, which need not exist.
func principalIDs(r interface {
	GetAccountId() string
	GetPrincipalId() string
},
) (account, id uuid.UUID, err error) {
	if account, err = identifiers.ParseID(r.GetAccountId()); err != nil {
		return account, id, err
	}
	if id, err = identifiers.ParseID(r.GetPrincipalId()); err != nil {
		return account, id, domain.NoPrincipal()
	}
	return account, id, nil
}

func trustedView(t domain.Trust) *accountv1.TrustedContact {
	return &accountv1.TrustedContact{
		Login: t.Login.Value, State: trustState(t.AcceptTime), InviteTime: timestamppb.New(t.CreateTime),
		AcceptTime: timestamp(t.AcceptTime), EndTime: timestamp(t.EndTime),
	}
}

func principalView(p app.PrincipalShown) *accountv1.Principal {
	return &accountv1.Principal{
		Id: p.ID.String(), Contact: p.Contact, State: trustState(p.AcceptTime), InviteTime: timestamppb.New(p.CreateTime),
		AcceptTime: timestamp(p.AcceptTime), EndTime: timestamp(p.EndTime),
	}
}

func trustState(accepted time.Time) accountv1.TrustState {
	if accepted.IsZero() {
		return accountv1.TrustState_INVITED
	}
	return accountv1.TrustState_ACTIVE
}
