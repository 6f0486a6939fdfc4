// Command allinone runs every service in one process, and does an installation's one-time jobs.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/allinone"
)

func main() { boot.Exit(allinone.Main) }
