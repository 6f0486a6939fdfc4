// Command verification runs the verification service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/verification"
)

func main() { boot.Main(verification.Service()) }
