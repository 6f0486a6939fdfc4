package cabinet

import (
	"net/url"

	"github.com/propusk-id/propusk/pkg/errs"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// The parameters of the feed's address.
const (
	queryKind = "kind"
	queryPage = "page"
)

// fieldNewest is the newest entry that the page showed: what came since is not marked.
const fieldNewest = "newest"

// notifications shows the feed page by page, all of it or one kind, and marks it as read.
func (f feature) notifications(r *page.Request) error {
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	if r.IsPost() {
		return f.markRead(r)
	}
	kind := r.URL.Query().Get(queryKind)
	token := r.URL.Query().Get(queryPage)
	list, err := f.list(r, &notificationv1.ListNotificationsRequest{
		PageSize: pageEntries, PageToken: token, Kind: notificationv1.Kind(notificationv1.Kind_value[kind]),
	})
	if token != "" && errs.Is(err, errorsv1.Reason_VALIDATION_FAILED) {
		r.Redirect(feedPath(kind, "")) // an address of long ago
		return nil
	}
	if err != nil {
		return err
	}
	newest, err := f.newest(r)
	if err != nil {
		return err
	}
	m := Notifications{Page: r.Page, Kind: kind, Entries: entries(list), Newest: newest, Unread: int(list.GetUnreadCount())}
	if token != "" {
		m.NewestURL = feedPath(kind, "")
	}
	if list.GetNextPageToken() != "" {
		m.OlderURL = feedPath(kind, list.GetNextPageToken())
	}
	return r.Render(m)
}

// newest is the newest entry of all kinds: everything is marked up to it, whatever is shown.
func (f feature) newest(r *page.Request) (string, error) {
	list, err := f.list(r, &notificationv1.ListNotificationsRequest{PageSize: 1})
	if err != nil || len(list.GetNotifications()) == 0 {
		return "", err
	}
	return list.GetNotifications()[0].GetId(), nil
}

func (f feature) markRead(r *page.Request) error {
	_, err := f.Notifications.MarkNotificationsRead(r.Context(), &notificationv1.MarkNotificationsReadRequest{
		AccountId: r.AccountID(), NotificationId: r.Field(fieldNewest),
	})
	if err != nil {
		return err
	}
	r.Redirect(r.URL.RequestURI())
	return nil
}

func feedPath(kind, token string) string {
	q := url.Values{}
	if kind != "" {
		q.Set(queryKind, kind)
	}
	if token != "" {
		q.Set(queryPage, token)
	}
	if len(q) == 0 {
		return paths.Notifications
	}
	return paths.Notifications + "?" + q.Encode()
}
