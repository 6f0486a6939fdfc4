package domain_test

import (
	"reflect"
	"testing"

	notificationv1 "github.com/propusk-id/propusk/proto/gen/propusk/notification/v1"
	"github.com/propusk-id/propusk/services/notification/internal/domain"
)

func TestTargets(t *testing.T) {
	phone, email := domain.Target{Channel: notificationv1.Channel_SMS, Destination: "p"}, domain.Target{Channel: notificationv1.Channel_EMAIL, Destination: "e"}
	for _, c := range []struct {
		reach        domain.Reach
		except       domain.Channel
		phone, email string
		want         []domain.Target
	}{
		{domain.FeedOnly, 0, "p", "e", nil},
		{domain.Once, 0, "p", "e", []domain.Target{phone}},
		{domain.Once, 0, "", "e", []domain.Target{email}},
		{domain.Once, 0, "", "", nil},
		{domain.Everywhere, 0, "p", "e", []domain.Target{phone, email}},
		{domain.Everywhere, 0, "p", "", []domain.Target{phone}},
		{domain.Everywhere, notificationv1.Channel_SMS, "p", "e", []domain.Target{email}},
		{domain.Everywhere, notificationv1.Channel_EMAIL, "", "e", nil},
	} {
		n := domain.Notice{Reach: c.reach, Except: c.except}
		if got := n.Targets(c.phone, c.email); !reflect.DeepEqual(got, c.want) {
			t.Errorf("reach %d of %q, %q: %v, want %v", c.reach, c.phone, c.email, got, c.want)
		}
	}
}
