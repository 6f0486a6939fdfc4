// Package api is notification's gRPC face.
package api

import (
	"context"

	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/propusk-id/propusk/pkg/identifiers"
	"github.com/propusk-id/propusk/pkg/paging"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/notification/internal/app"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

// Server translates between protobuf and the use cases.
type Server struct {
	notificationv1.UnimplementedNotificationServiceServer
	app *app.App
}

// New serves the use cases.
func New(a *app.App) *Server { return &Server{app: a} }

// SendMessage queues a message.
func (s *Server) SendMessage(
	ctx context.Context, r *notificationv1.SendMessageRequest,
) (*notificationv1.SendMessageResponse, error) {
	cmd := app.SendCommand{
		Key: r.GetIdempotencyKey(), Template: r.GetTemplate(), Channel: r.GetChannel(),
		Destination: r.GetDestination(), Language: r.GetLanguage(), Params: r.GetParams(),
	}
	if r.GetExpireTime() != nil {
		cmd.ExpireTime = r.GetExpireTime().AsTime()
	}
	id, err := s.app.Send(ctx, cmd)
	if err != nil {
		return nil, err
	}
	return &notificationv1.SendMessageResponse{MessageId: id.String()}, nil
}

// ListNotifications gives a page of the feed.
func (s *Server) ListNotifications(
	ctx context.Context, r *notificationv1.ListNotificationsRequest,
) (*notificationv1.ListNotificationsResponse, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	page, err := s.app.Feed(ctx, app.FeedQuery{AccountID: account, Kind: r.GetKind(), Page: paging.Of(r)})
	if err != nil {
		return nil, err
	}
	out := &notificationv1.ListNotificationsResponse{NextPageToken: page.Next, UnreadCount: page.Unread}
	for _, i := range page.Items {
		out.Notifications = append(out.Notifications, &notificationv1.Notification{
			Id: i.ID, Type: i.Type, Title: i.Title, Text: i.Text, CreateTime: timestamppb.New(i.Time), Kind: i.Kind, Unread: i.Unread,
		})
	}
	return out, nil
}

// MarkNotificationsRead notes what the person has seen.
func (s *Server) MarkNotificationsRead(
	ctx context.Context, r *notificationv1.MarkNotificationsReadRequest,
) (*emptypb.Empty, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.app.MarkRead(ctx, account, r.GetNotificationId())
}

// GetNotificationSettings shows by which channels the person is told of what.
func (s *Server) GetNotificationSettings(
	ctx context.Context, r *notificationv1.GetNotificationSettingsRequest,
) (*notificationv1.NotificationSettings, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	return settingsView(s.app.Settings(ctx, account))
}

// UpdateNotificationSettings changes some of them.
func (s *Server) UpdateNotificationSettings(
	ctx context.Context, r *notificationv1.UpdateNotificationSettingsRequest,
) (*notificationv1.NotificationSettings, error) {
	account, err := identifiers.ParseID(r.GetAccountId())
	if err != nil {
		return nil, err
	}
	change := domain.Settings{}
	for _, k := range r.GetKinds() {
		change[k.GetKind()] = k.GetChannels()
	}
	return settingsView(s.app.UpdateSettings(ctx, account, change))
}

func settingsView(all domain.Settings, err error) (*notificationv1.NotificationSettings, error) {
	if err != nil {
		return nil, err
	}
	out := &notificationv1.NotificationSettings{}
	for _, kind := range domain.Switches() {
		out.Kinds = append(out.Kinds, &notificationv1.KindSetting{Kind: kind, Channels: all[kind]})
	}
	return out, nil
}
