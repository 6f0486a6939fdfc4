package devices

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/errs"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

// What the forms of a device's page are sent for.
const (
	actionName     = "name"
	actionDistrust = "distrust"
	actionForbid   = "forbid"
	actionAllow    = "allow"
	actionForget   = "forget"
)

const fieldName = "device_name"

// device shows one device. Its forms name it, keep it out, let it in again and forget it.
func (f feature) device(r *page.Request) error {
	id := r.PathValue("id")
	if r.IsPost() {
		done, err := f.change(r, id)
		if err != nil || done {
			return err
		}
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	all, err := f.devices(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(d *accountv1.Device) bool { return d.GetId() == id })
	if i < 0 {
		return errs.New(errorsv1.Reason_DEVICE_NOT_FOUND, "no such device")
	}
	m := Change{Device: shownDevice(all[i])}
	m.Title = cmp.Or(m.Name, m.Agent, r.Page.T("devices.unknown"))
	if r.Typed() {
		m.Name = r.Field(fieldName)
	}
	m.Page = r.Page
	return r.Render(m)
}

// change does what a form asks for.
func (f feature) change(r *page.Request, id string) (done bool, err error) {
	update := &accountv1.UpdateDeviceRequest{AccountId: r.AccountID(), SessionId: r.User().SessionID, DeviceId: id}
	var next string
	switch r.Action() {
	case actionDistrust:
		update.Trusted, next = proto.Bool(false), "distrusted"
	case actionForbid:
		update.Forbidden, next = proto.Bool(true), "forbidden"
	case actionAllow:
		update.Forbidden, next = proto.Bool(false), "allowed"
	case actionForget:
		next = "forgotten"
	default:
		update.Name, next = proto.String(r.Field(fieldName)), "named"
	}
	if r.Action() == actionForget {
		_, err = f.Devices.DeleteDevice(r.Context(), &accountv1.DeleteDeviceRequest{AccountId: r.AccountID(), DeviceId: id})
	} else {
		_, err = f.Devices.UpdateDevice(r.Context(), update)
	}
	if err == nil {
		r.Redirect(saved(paths.Devices, next))
		return true, nil
	}
	if errs.Is(err, errorsv1.Reason_DEVICE_NOT_FOUND) || !r.Refused(err, "") {
		return false, err
	}
	r.RenameField("name", fieldName)
	return false, nil
}
