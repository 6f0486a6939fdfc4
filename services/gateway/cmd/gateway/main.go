// Command gateway runs the gateway service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/gateway"
)

func main() { boot.Main(gateway.Service()) }
