package notification_test

import (
	"context"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/propusk-id/propusk/pkg/testkit"
	accounteventsv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/events/v1"
	accountv1 "github.com/propusk-id/propusk/proto/gen/propusk/account/v1"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
)

func (w *world) me() context.Context { return w.As(account, accountv1.Level_SIMPLIFIED) }

// set changes the person's settings.
func (w *world) set(kinds ...*notificationv1.KindSetting) (*notificationv1.NotificationSettings, error) {
	return notificationv1.NewNotificationServiceClient(w.Dial("gateway", "notification")).UpdateNotificationSettings(w.me(),
		&notificationv1.UpdateNotificationSettingsRequest{AccountId: account, Kinds: kinds})
}

func (w *world) mustSet(kind notificationv1.Switch, channels ...notificationv1.Channel) {
	w.t.Helper()
	if _, err := w.set(&notificationv1.KindSetting{Kind: kind, Channels: channels}); err != nil {
		w.t.Fatal(err)
	}
}

// handled waits until as many events were handled.
func (w *world) handled(n int) {
	w.t.Helper()
	testkit.Eventually(w.t, "the events are handled", func() bool { return w.count(`SELECT count(*) FROM notification.inbox`) == n })
}

func TestSettings(t *testing.T) {
	w := start(t)
	client := notificationv1.NewNotificationServiceClient(w.Dial("web", "notification"))
	nothing := &notificationv1.NotificationSettings{Kinds: []*notificationv1.KindSetting{
		{Kind: notificationv1.Switch_SIGN_IN}, {Kind: notificationv1.Switch_SIGN_OUT},
	}}
	got, err := client.GetNotificationSettings(w.me(), &notificationv1.GetNotificationSettingsRequest{AccountId: account})
	if err != nil || !proto.Equal(got, nothing) {
		t.Fatal(got, err)
	}
	both := []notificationv1.Channel{notificationv1.Channel_SMS, notificationv1.Channel_EMAIL}
	got, err = w.set(&notificationv1.KindSetting{Kind: notificationv1.Switch_SIGN_OUT, Channels: both})
	if err != nil || len(got.GetKinds()[0].GetChannels()) != 0 || len(got.GetKinds()[1].GetChannels()) != 2 {
		t.Fatal(got, err)
	}
	w.mustSet(notificationv1.Switch_SIGN_IN, notificationv1.Channel_EMAIL)
	if got, err = w.set(&notificationv1.KindSetting{Kind: notificationv1.Switch_SIGN_OUT}); err != nil ||
		len(got.GetKinds()[0].GetChannels()) != 1 || len(got.GetKinds()[1].GetChannels()) != 0 {
		t.Fatal(got, err)
	}
	for name, k := range map[string]*notificationv1.KindSetting{
		"no kind":         {Channels: both},
		"a channel twice": {Kind: notificationv1.Switch_SIGN_IN, Channels: []notificationv1.Channel{1, 1}},
		"no such channel": {Kind: notificationv1.Switch_SIGN_IN, Channels: []notificationv1.Channel{7}},
	} {
		if _, err := w.set(k); err == nil {
			t.Errorf("%s is accepted", name)
		} else {
			wantReason(t, err, errorsv1.Reason_VALIDATION_FAILED)
		}
	}
	other := w.As("0192d5a0-0000-7000-8000-000000000002", accountv1.Level_CONFIRMED)
	_, err = client.GetNotificationSettings(other, &notificationv1.GetNotificationSettingsRequest{AccountId: account})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
	_, err = client.UpdateNotificationSettings(other, &notificationv1.UpdateNotificationSettingsRequest{
		AccountId: account, Kinds: []*notificationv1.KindSetting{{Kind: notificationv1.Switch_SIGN_IN}},
	})
	wantReason(t, err, errorsv1.Reason_PERMISSION_DENIED)
}

// Of sign-ins and their ends people are told by the channels that they have chosen, and by no other.
func TestWhoWantsToKnowOfEverySignIn(t *testing.T) {
	w := start(t)
	in, out := &accounteventsv1.SignedIn{AccountId: account}, &accounteventsv1.SignedOut{AccountId: account}
	w.happens(in)
	w.happens(out)
	w.handled(2)
	if n := w.count(`SELECT count(*) FROM notification.messages`); n != 0 {
		t.Errorf("%d messages that nobody has asked for", n)
	}
	if feed := w.feed("en"); len(feed) != 1 || feed[0].GetType() != "signed_in" {
		t.Errorf("feed %v", feed)
	}
	w.mustSet(notificationv1.Switch_SIGN_IN, notificationv1.Channel_EMAIL)
	w.mustSet(notificationv1.Switch_SIGN_OUT, notificationv1.Channel_SMS)
	w.happens(in)
	if m := w.waitEmails(1)[0]; m.GetTo() != email || m.GetSubject() != "Sign-in to your account" {
		t.Errorf("%v", m)
	}
	w.happens(out)
	if m := w.waitSMS(1)[0]; m.GetTo() != phone {
		t.Errorf("%v", m)
	}
	w.handled(4)
	if n := w.count(`SELECT count(*) FROM notification.messages`); n != 2 {
		t.Errorf("%d messages, want one each", n)
	}
	// Who has chosen a channel that he has no contact for is not told by another.
	w.people.set(&accountv1.Contacts{Phone: phone, Language: "en"}, nil)
	w.happens(in)
	w.handled(5)
	if n := w.count(`SELECT count(*) FROM notification.messages`); n != 2 {
		t.Errorf("%d messages", n)
	}
}
