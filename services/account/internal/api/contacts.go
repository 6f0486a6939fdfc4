package api

import (
	"context"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/idempotency"
	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
)

// Contacts is the contract of an account's contacts.
type Contacts struct {
	accountv1.UnimplementedContactServiceServer
	app *app.App
}

// ListContacts shows the contacts.
func (s *Contacts) ListContacts(
	ctx context.Context, r *accountv1.ListContactsRequest,
) (*accountv1.ListContactsResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	contacts, next, err := s.app.ListContacts(ctx, account, paging.Of(r))
	out := &accountv1.ListContactsResponse{NextPageToken: next}
	for _, c := range contacts {
		out.Contacts = append(out.Contacts, contactView(c))
	}
	return out, err
}

// AddContact sends a contact its code.
func (s *Contacts) AddContact(ctx context.Context, r *accountv1.AddContactRequest) (*accountv1.Contact, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	cmd := app.AddContactCommand{AccountID: account, Kind: kindOf(r.GetKind()), Value: r.GetValue()}
	return idempotency.Run(ctx, s.app.Answers, r, contactView,
		func(ctx context.Context, answered idempotency.Hook[app.ContactShown]) (app.ContactShown, error) {
			return s.app.AddContact(ctx, cmd, answered)
		})
}

// VerifyContact proves a contact.
func (s *Contacts) VerifyContact(ctx context.Context, r *accountv1.VerifyContactRequest) (*accountv1.Contact, error) {
	account, id, err := contactIDs(r)
	if err != nil {
		return nil, err
	}
	cmd := app.VerifyContactCommand{AccountID: account, ContactID: id, Code: r.GetCode()}
	return idempotency.Run(ctx, s.app.Answers, r, contactView,
		func(ctx context.Context, answered idempotency.Hook[app.ContactShown]) (app.ContactShown, error) {
			return s.app.VerifyContact(ctx, cmd, answered)
		})
}

// ResendContactCode sends another code.
func (s *Contacts) ResendContactCode(
	ctx context.Context, r *accountv1.ResendContactCodeRequest,
) (*accountv1.Contact, error) {
	account, id, err := contactIDs(r)
	if err != nil {
		return nil, err
	}
	return idempotency.Run(ctx, s.app.Answers, r, contactView,
		func(ctx context.Context, answered idempotency.Hook[app.ContactShown]) (app.ContactShown, error) {
			return s.app.ResendContactCode(ctx, account, id, answered)
		})
}

// DeleteContact removes a contact, or gives one up.
func (s *Contacts) DeleteContact(ctx context.Context, r *accountv1.DeleteContactRequest) (*emptypb.Empty, error) {
	account, id, err := contactIDs(r)
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.DeleteContact(ctx, account, id)
}

// KeepContact stops what would remove a contact.
func (s *Contacts) KeepContact(ctx context.Context, r *accountv1.KeepContactRequest) (*accountv1.Contact, error) {
	account, id, err := contactIDs(r)
	if err != nil {
		return nil, err
	}
	return orError(contactView)(s.app.KeepContact(ctx, account, id))
}

// CancelContactChange stops a change by its link.
func (s *Contacts) CancelContactChange(
	ctx context.Context, r *accountv1.CancelContactChangeRequest,
) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.app.CancelContactChange(ctx, r.GetCancelToken())
}

// contactIDs are those of an account and of a contact, which need not exist.
func contactIDs(r interface {
	GetAccountId() string
	GetContactId() string
},
) (account, contact uuid.UUID, err error) {
	if account, err = identifiers.ParseID(r.GetAccountId()); err != nil {
		return account, contact, err
	}
	if contact, err = identifiers.ParseID(r.GetContactId()); err != nil {
		return account, contact, domain.NoContact()
	}
	return account, contact, nil
}

func kindOf(k accountv1.ContactKind) domain.Kind {
	if k == accountv1.ContactKind_EMAIL {
		return domain.Email
	}
	return domain.Phone
}

func contactView(c app.ContactShown) *accountv1.Contact {
	state := accountv1.Contact_UNPROVEN
	switch {
	case c.Proven:
		state = accountv1.Contact_PROVEN
	case !c.EffectiveTime.IsZero():
		state = accountv1.Contact_WAITING
	}
	return &accountv1.Contact{
		Id: c.ID.String(), Kind: app.KindOf(c.Kind), Value: c.Value, State: state,
		CodeExpireTime: timeView(c.CodeExpireTime), ResendTime: timeView(c.ResendTime),
		ChangeWaits: c.ChangeWaits, EffectiveTime: timeView(c.EffectiveTime), RemovalTime: timeView(c.RemovalTime), DetachTime: timeView(c.DetachTime),
	}
}

func timeView(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
