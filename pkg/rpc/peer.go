package rpc

import (
	"google.golang.org/grpc/credentials"
)

// PeerName is the service at the other end of a connection: the first DNS name of its certificate, or the name
// that an in-process pipe asserts. Empty: unknown.
func PeerName(info credentials.AuthInfo) string {
	switch a := info.(type) {
	case credentials.TLSInfo:
		if chains := a.State.VerifiedChains; len(chains) > 0 && len(chains[0][0].DNSNames) > 0 {
			return chains[0][0].DNSNames[0]
		}
	case interface{ ServiceName() string }:
		return a.ServiceName()
	}
	return ""
}
