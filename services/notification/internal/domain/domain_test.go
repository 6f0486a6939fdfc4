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
