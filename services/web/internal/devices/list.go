package devices

import (
	"cmp"
	"strconv"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/web/internal/components"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
	"github.com/propusk-id/propusk/services/web/internal/progress"
)

const (
	// fieldSession names the session that a form of the list ends; without it, all others end.
	fieldSession = "session"
	savedQuery   = "saved"
)

// list shows where the person is signed in, and on which devices. Its forms end sessions.
func (f feature) list(r *page.Request) error {
	if r.IsPost() {
		done, err := f.end(r)
		if err != nil || done {
			return err
		}
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	sessions, err := f.Devices.ListSessions(r.Context(), &accountv1.ListSessionsRequest{
		AccountId: r.AccountID(), SessionId: r.User().SessionID,
	})
	if err != nil {
		return err
	}
	devices, err := f.devices(r)
	if err != nil {
		return err
	}
	unread, err := f.unread(r)
	if err != nil {
		return err
	}
	return r.Render(List{
		Page: r.Page, Sessions: shownSessions(r.Page, sessions.GetSessions()), Devices: shownDevices(r.Page, devices),
		Saved: r.URL.Query().Get(savedQuery), Unread: unread,
	})
}

func (f feature) devices(r *page.Request) ([]*accountv1.Device, error) {
	list, err := f.Devices.ListDevices(r.Context(), &accountv1.ListDevicesRequest{
		AccountId: r.AccountID(), SessionId: r.User().SessionID,
	})
	return list.GetDevices(), err
}

func (f feature) unread(r *page.Request) (int, error) {
	list, err := f.Notifications.ListNotifications(r.Context(), &notificationv1.ListNotificationsRequest{
		AccountId: r.AccountID(), PageSize: 1,
	})
	return int(list.GetUnreadCount()), err
}

// end ends one session, or all others.
func (f feature) end(r *page.Request) (done bool, err error) {
	id := r.Field(fieldSession)
	if id == "" {
		_, err = f.Devices.EndOtherSessions(r.Context(), &accountv1.EndOtherSessionsRequest{
			AccountId: r.AccountID(), SessionId: r.User().SessionID,
		})
	} else {
		_, err = f.Devices.EndSession(r.Context(), &accountv1.EndSessionRequest{AccountId: r.AccountID(), SessionId: id})
	}
	if err == nil {
		r.Redirect(saved(paths.Devices, "ended"))
		return true, nil
	}
	if !r.Refused(err, "") {
		return false, err
	}
	return false, nil
}

func saved(path, what string) string { return path + "?" + savedQuery + "=" + what }

// named gives each of several things a name of its own: a button's text is read alone.
type named map[string]int

func (n named) of(p components.Page, name, agent string) string {
	label := cmp.Or(name, agent, p.T("devices.unknown"))
	if n[label]++; n[label] > 1 {
		return label + " (" + strconv.Itoa(n[label]) + ")"
	}
	return label
}

func shownSessions(p components.Page, list []*accountv1.OpenSession) []Session {
	names := named{}
	out := make([]Session, len(list))
	for i, s := range list {
		out[i] = Session{
			ID: s.GetId(), Title: names.of(p, s.GetDeviceName(), s.GetAgent()), Agent: s.GetAgent(),
			Place: s.GetPlace(), Assurance: s.GetAssurance().String(), Current: s.GetCurrent(), CreateTime: progress.Time(s.GetCreateTime()), LastUseTime: progress.Time(s.GetLastUseTime()),
		}
	}
	return out
}

func shownDevices(p components.Page, list []*accountv1.Device) []Device {
	names := named{}
	out := make([]Device, len(list))
	for i, d := range list {
		out[i] = shownDevice(d)
		out[i].Title = names.of(p, d.GetName(), d.GetAgent())
	}
	return out
}

func shownDevice(d *accountv1.Device) Device {
	return Device{
		ID: d.GetId(), Name: d.GetName(), Agent: d.GetAgent(), Place: d.GetPlace(), Current: d.GetCurrent(), Trusted: d.GetTrusted(),
		Forbidden: d.GetForbidden(), TrustExpireTime: progress.Time(d.GetTrustExpireTime()),
		CreateTime: progress.Time(d.GetCreateTime()), LastUseTime: progress.Time(d.GetLastUseTime()),
	}
}
