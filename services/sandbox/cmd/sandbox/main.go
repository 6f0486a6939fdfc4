// Command sandbox runs the sandbox service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/sandbox"
)

func main() { boot.Main(sandbox.Service()) }
