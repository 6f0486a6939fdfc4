package devices

import (
	"slices"

	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/web/internal/page"
	"github.com/propusk-id/propusk/services/web/internal/paths"
	"github.com/propusk-id/propusk/services/web/internal/profiles"
)

const (
	fieldLanguage   = "language"
	fieldRegion     = "home_region"
	fieldNewDevices = "new_devices"
)

// switchField is the field that says whether a kind of messages goes by a channel.
func switchField(kind notificationv1.Switch, channel notificationv1.Channel) string {
	return lower(kind.String() + "_" + channel.String())
}

func channels() []notificationv1.Channel {
	return []notificationv1.Channel{notificationv1.Channel_SMS, notificationv1.Channel_EMAIL}
}

func switches() []notificationv1.Switch {
	return []notificationv1.Switch{notificationv1.Switch_SIGN_IN, notificationv1.Switch_SIGN_OUT}
}

// settings shows and changes what the person has set.
func (f feature) settings(r *page.Request) error {
	if r.IsPost() {
		done, err := f.save(r)
		if err != nil || done {
			return err
		}
	}
	if _, err := profiles.Greet(r, f.Profiles); err != nil {
		return err
	}
	m, err := f.stored(r)
	if err != nil {
		return err
	}
	if m.Unread, err = f.unread(r); err != nil {
		return err
	}
	if r.Typed() {
		m.Language, m.Region, m.NewDevices = r.Field(fieldLanguage), r.Field(fieldRegion), r.Field(fieldNewDevices)
		m.Told = told(r)
	}
	m.Page, m.Saved = r.Page, r.URL.Query().Get(savedQuery)
	return r.Render(m)
}

func (f feature) stored(r *page.Request) (m Settings, err error) {
	s, err := f.Settings.GetSettings(r.Context(), &accountv1.GetSettingsRequest{AccountId: r.AccountID()})
	if err != nil {
		return m, err
	}
	n, err := f.Notifications.GetNotificationSettings(r.Context(), &notificationv1.GetNotificationSettingsRequest{
		AccountId: r.AccountID(),
	})
	if err != nil {
		return m, err
	}
	m.Language, m.Region, m.NewDevices, m.Told = s.GetLanguage(), s.GetRegion(), s.GetNewDevices().String(), map[string]bool{}
	for _, k := range n.GetKinds() {
		for _, c := range k.GetChannels() {
			m.Told[switchField(k.GetKind(), c)] = true
		}
	}
	return m, nil
}

// told are the switches as they were typed.
func told(r *page.Request) map[string]bool {
	out := map[string]bool{}
	for _, k := range switches() {
		for _, c := range channels() {
			out[switchField(k, c)] = r.Field(switchField(k, c)) != ""
		}
	}
	return out
}

// save stores the settings; those that need a recent proof come first, so that nothing is half done.
func (f feature) save(r *page.Request) (done bool, err error) {
	before, err := f.Settings.GetSettings(r.Context(), &accountv1.GetSettingsRequest{AccountId: r.AccountID()})
	if err != nil {
		return false, err
	}
	language, region := r.Field(fieldLanguage), r.Field(fieldRegion)
	_, err = f.Settings.UpdateSettings(r.Context(), &accountv1.UpdateSettingsRequest{
		AccountId: r.AccountID(), Language: &language, Region: &region,
		NewDevices: accountv1.NewDevices(accountv1.NewDevices_value[r.Field(fieldNewDevices)]),
	})
	if err == nil {
		err = f.saveSwitches(r)
	}
	if err == nil {
		if language != before.GetLanguage() {
			r.ChooseLanguage(language)
		}
		r.Redirect(saved(paths.Settings, "settings"))
		return true, nil
	}
	if !r.Refused(err, "") {
		return false, err
	}
	r.RenameField("region", fieldRegion)
	return false, nil
}

func (f feature) saveSwitches(r *page.Request) error {
	update := &notificationv1.UpdateNotificationSettingsRequest{AccountId: r.AccountID()}
	chosen := told(r)
	for _, k := range switches() {
		update.Kinds = append(update.Kinds, &notificationv1.KindSetting{
			Kind: k, Channels: slices.DeleteFunc(channels(), func(c notificationv1.Channel) bool { return !chosen[switchField(k, c)] }),
		})
	}
	_, err := f.Notifications.UpdateNotificationSettings(r.Context(), update)
	return err
}
