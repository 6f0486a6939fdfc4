package boot

import "google.golang.org/grpc"

// Client connects to another service and makes the client of its contract: boot.Client(p, "account",
// accountv1.NewAccountServiceClient). The connection is made at the first call.
func Client[C any](p *Platform, service string, newClient func(grpc.ClientConnInterface) C) (C, error) {
	cc, err := p.Dial(service)
	if err != nil {
		var none C
		return none, err
	}
	return newClient(cc), nil
}
