// Command propusk serves everything in one process, and does what an installation needs done now and then.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/allinone"
)

func main() { boot.Exit(allinone.Main) }
