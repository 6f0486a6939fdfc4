package api

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/identifiers"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	"github.com/propusk-id/propusk/services/account/internal/app"
	"github.com/propusk-id/propusk/services/account/internal/domain"
	"github.com/propusk-id/propusk/services/account/internal/picture"
)

// Avatars is the contract of accounts' pictures.
type Avatars struct {
	accountv1.UnimplementedAvatarServiceServer
	app *app.App
}

// GetAvatar gives the picture.
func (s *Avatars) GetAvatar(ctx context.Context, r *accountv1.GetAvatarRequest) (*accountv1.Avatar, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return orError(avatarView)(s.app.Avatar(ctx, account))
}

// SetAvatar makes it from a file.
func (s *Avatars) SetAvatar(ctx context.Context, r *accountv1.SetAvatarRequest) (*accountv1.Avatar, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return orError(avatarView)(s.app.SetAvatar(ctx, account, r.GetImage()))
}

// DeleteAvatar takes it off the account.
func (s *Avatars) DeleteAvatar(ctx context.Context, r *accountv1.DeleteAvatarRequest) (*emptypb.Empty, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.DeleteAvatar(ctx, account)
}

func avatarView(a domain.Avatar) *accountv1.Avatar {
	return &accountv1.Avatar{Image: a.Image, ContentType: picture.ContentType, SetTime: timestamppb.New(a.SetTime)}
}
