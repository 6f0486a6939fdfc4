// Command confirmation runs the confirmation service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/confirmation"
)

func main() { boot.Main(confirmation.Service()) }
