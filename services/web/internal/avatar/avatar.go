package avatar

import (
	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

const (
	fieldImage   = "image"
	actionRemove = "remove"
	savedQuery   = "saved"

	// readBytes is more than a picture may have: account refuses what is cut off here.
	readBytes = 3 << 20
)

// choose shows the picture and takes another one.
func (f feature) choose(r *page.Request) error {
	if r.IsPost() {
		done, err := f.save(r)
		if err != nil || done {
			return err
		}
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	m := Choose{Saved: r.URL.Query().Get(savedQuery)}
	_, err := f.avatar(r)
	if err != nil && !errs.Is(err, errorsv1.Reason_AVATAR_NOT_SET) {
		return err
	}
	m.Set = err == nil
	list, err := f.Notifications.ListNotifications(r.Context(), &notificationv1.ListNotificationsRequest{
		AccountId: r.AccountID(), PageSize: 1,
	})
	if err != nil {
		return err
	}
	m.Page, m.Unread = r.Page, int(list.GetUnreadCount())
	return r.Render(m)
}

// image is the picture.
func (f feature) image(r *page.Request) error {
	a, err := f.avatar(r)
	if err != nil {
		return err
	}
	r.SendImage(a.GetContentType(), a.GetImage())
	return nil
}

func (f feature) avatar(r *page.Request) (*accountv1.Avatar, error) {
	return f.Avatars.GetAvatar(r.Context(), &accountv1.GetAvatarRequest{AccountId: r.AccountID()})
}

func (f feature) save(r *page.Request) (done bool, err error) {
	what := "set"
	if r.Action() == actionRemove {
		what = "removed"
		_, err = f.Avatars.DeleteAvatar(r.Context(), &accountv1.DeleteAvatarRequest{AccountId: r.AccountID()})
	} else {
		err = f.set(r)
	}
	if err == nil {
		r.Redirect(paths.Avatar + "?" + savedQuery + "=" + what)
		return true, nil
	}
	if !r.Refused(err, "") {
		return false, err
	}
	return false, nil
}

func (f feature) set(r *page.Request) error {
	file, err := r.File(fieldImage, readBytes)
	if err != nil {
		return err
	}
	_, err = f.Avatars.SetAvatar(r.Context(), &accountv1.SetAvatarRequest{AccountId: r.AccountID(), Image: file})
	return err
}
