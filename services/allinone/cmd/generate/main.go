// Command generate writes what follows from the services' declarations into the repository that it is run in.
package main

import (
	"context"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/allinone"
	"github.com/propusk-id/propusk/services/allinone/generate"
)

func main() {
	boot.Exit(func(context.Context, []string) error { return generate.Run(".", allinone.Services()) })
}
