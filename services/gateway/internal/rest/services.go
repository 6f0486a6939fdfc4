package rest

import (
	"context"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
)

// restService is a service with methods that the API offers.
type restService struct {
	name     string
	register func(ctx context.Context, mux *runtime.ServeMux, cc grpc.ClientConnInterface) error
}

// Services are the names of the services that the API offers.
func Services() []string {
	names := make([]string, len(restServices))
	for i, s := range restServices {
		names[i] = s.name
	}
	return names
}
