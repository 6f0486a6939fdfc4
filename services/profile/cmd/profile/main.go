// Command profile runs the profile service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/profile"
)

func main() { boot.Main(profile.Service()) }
