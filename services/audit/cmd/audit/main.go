// Command audit runs the audit service.
package main

import (
	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/audit"
)

func main() { boot.Main(audit.Service()) }
