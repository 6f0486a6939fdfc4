package rpc_test

import (
	"testing"

	"github.com/propusk-id/propusk/pkg/rpc"
)

func TestOneSubscriberIsOneNetwork(t *testing.T) {
	for ip, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8::1": "2001:db8::/64",
		"2001:db8::ffff:0:1": "2001:db8::/64", "2001:db8:0:1::1": "2001:db8:0:1::/64", "fe80::1%eth0": "fe80::/64",
		"": "", "nonsense": "nonsense",
	} {
		if got := (rpc.Request{ClientIP: ip}).Network(); got != want {
			t.Errorf("%q is of %q, want %q", ip, got, want)
		}
	}
}
