package api

import (
	"github.com/propusk-id/propusk/pkg/rpc"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
)

// Rules say who may call what.
var Rules = rpc.Rules{
	notificationv1.NotificationService_SendMessage_FullMethodName:           rpc.From("otp", "account"),
	notificationv1.NotificationService_ListNotifications_FullMethodName:     rpc.From("gateway", "web").Self(),
	notificationv1.NotificationService_MarkNotificationsRead_FullMethodName: rpc.From("gateway", "web").Self(),

	notificationv1.NotificationService_GetNotificationSettings_FullMethodName:    rpc.From("gateway", "web").Self(),
	notificationv1.NotificationService_UpdateNotificationSettings_FullMethodName: rpc.From("gateway", "web").Self(),
}
