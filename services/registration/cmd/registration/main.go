// Command registration runs the registration service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/registration"
)

func main() { boot.Main(registration.Service()) }
