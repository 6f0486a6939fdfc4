package allinone_test

import (
	"errors"
	"net/url"
	"regexp"

	"github.com/propusk-id/propusk/services/allinone/journey"
)

// exampleAgent is what the examples' browser says of itself.
const exampleAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

// manageDevices looks where the person is signed in, ends what is not wanted, and chooses who may come in.
func (d *demonstration) manageDevices() {
	signIn := fields{"login": examplePhone, "password": journey.Password}
	d.call("createSession", signIn)
	d.refused("SESSION_NOT_FOUND", "endSession", nil, "sessionId=0192d5a0-0000-7000-8000-000000000001")
	d.call("endSession", nil, "sessionId="+d.notCurrent("listSessions", "sessions"))
	d.call("endOtherSessions", fields{})
	current := "deviceId=" + d.current("listDevices", "devices")
	d.refused("DEVICE_IN_USE", "updateDevice", fields{"forbidden": true}, current)
	d.call("updateDevice", fields{"name": "Work computer", "trusted": false}, current)
	d.call("deleteDevice", nil, "deviceId="+d.notCurrent("listDevices", "devices"))
	d.call("getSettings", nil)
	d.refused("VALIDATION_FAILED", "updateSettings", fields{"language": "fr"})
	d.call("updateSettings", fields{"region": "16", "newDevices": "ALLOW"})
	d.call("getNotificationSettings", nil)
	d.call("updateNotificationSettings", fields{"kinds": []fields{{"kind": "SIGN_IN", "channels": []string{"EMAIL"}}}})
}

// current and notCurrent are the ids of the one in a list that is the caller's, and of another.
func (d *demonstration) current(operation, list string) string {
	return d.which(operation, list, func(is bool) bool { return is })
}

func (d *demonstration) notCurrent(operation, list string) string {
	return d.which(operation, list, func(is bool) bool { return !is })
}

func (d *demonstration) which(operation, list string, want func(current bool) bool) string {
	d.t.Helper()
	all, _ := d.call(operation, nil)[list].([]any)
	for _, one := range all {
		if one, _ := one.(fields); want(one["current"] == true) {
			return text(one, "id")
		}
	}
	d.t.Fatalf("%s has none: %v", operation, all)
	return ""
}

// disownSignIn says, by the link of a message, that it was somebody else.
func (d *demonstration) disownSignIn() {
	link := regexp.MustCompile(`/not-me\?token=([\w-]+)`)
	var token string
	d.eventually("a link by text message", func() error {
		var page struct{ Messages []struct{ Text string } }
		if err := d.read("/sandbox/v1/messages?"+url.Values{"to": {examplePhone}, "channel": {"SMS"}}.Encode(), &page); err != nil {
			return err
		}
		for _, m := range page.Messages {
			if found := link.FindStringSubmatch(m.Text); found != nil {
				token = found[1]
				return nil
			}
		}
		return errors.New("none yet")
	})
	d.token = ""
	d.refused("LINK_INVALID", "disownSignIn", fields{"token": "none"})
	d.call("disownSignIn", fields{"token": token, "endOfflineAccess": true})
	d.refused("SIGN_IN_LOCKED", "createSession", fields{"login": examplePhone, "password": journey.Password})
}
