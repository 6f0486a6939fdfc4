// Command registry runs the simulated registries.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/registry"
)

func main() { boot.Main(registry.Service()) }
