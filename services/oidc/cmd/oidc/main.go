// Command oidc runs the oidc service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/oidc"
)

func main() { boot.Main(oidc.Service()) }
