// Command otp runs the otp service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/otp"
)

func main() { boot.Main(otp.Service()) }
