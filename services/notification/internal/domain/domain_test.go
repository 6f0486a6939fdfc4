package domain_test

import (
	"encoding/base64"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

func TestTargets(t *testing.T) {
	phone, email := domain.Target{Channel: notificationv1.Channel_SMS, Destination: "p"}, domain.Target{Channel: notificationv1.Channel_EMAIL, Destination: "e"}
	for _, c := range []struct {
		reach        domain.Reach
		phone, email string
		want         []domain.Target
	}{
		{domain.FeedOnly, "p", "e", nil},
		{domain.Once, "p", "e", []domain.Target{phone}},
		{domain.Once, "", "e", []domain.Target{email}},
		{domain.Once, "", "", nil},
		{domain.Everywhere, "p", "e", []domain.Target{phone, email}},
		{domain.Everywhere, "p", "", []domain.Target{phone}},
	} {
		if got := c.reach.Targets(c.phone, c.email); !reflect.DeepEqual(got, c.want) {
			t.Errorf("reach %d of %q, %q: %v, want %v", c.reach, c.phone, c.email, got, c.want)
		}
	}
}

func TestCursorSurvivesItsToken(t *testing.T) {
	c := domain.Cursor{Time: time.Date(2026, 3, 1, 10, 0, 0, 123000, time.UTC), ID: uuid.New()}
	got, err := domain.ParseCursor(c.Token())
	if err != nil || got != c {
		t.Errorf("got %v, %v, want %v", got, err, c)
	}
	if top, err := domain.ParseCursor(""); err != nil || top != domain.Top() {
		t.Errorf("empty token: %v, %v", top, err)
	}
	text := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for _, bad := range []string{
		"?", "x", c.Token()[2:], text("1 x"), text("x " + c.ID.String()),
		text("9000000000000000000 " + c.ID.String()), text("-9000000000000000000 " + c.ID.String()),
	} {
		if _, err := domain.ParseCursor(bad); err == nil {
			t.Errorf("token %q was taken", bad)
		}
	}
}
