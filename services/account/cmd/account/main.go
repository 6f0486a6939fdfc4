// Command account runs the account service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/account"
)

func main() { boot.Main(account.Service()) }
