package testkit

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/propusk-id/propusk/pkg/embedded"
)

// server is the Postgres of this test binary; Main sets it before any test runs.
var server = struct {
	postgres  *embedded.PostgresServer
	mu        sync.Mutex
	templates map[string]string
	databases int
}{templates: map[string]string{}}

// Main runs a package's tests with a Postgres of their own: call it from TestMain.
func Main(m *testing.M) {
	os.Exit(run(m)) //nolint:revive // TestMain's way to end, whose package cannot hold the deferred stop
}

func run(m *testing.M) int {
	pg, err := embedded.TestPostgres(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "testkit:", err)
		return 1
	}
	defer func() {
		if err := pg.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "testkit: stop Postgres:", err)
		}
	}()
	server.postgres = pg
	return m.Run()
}
