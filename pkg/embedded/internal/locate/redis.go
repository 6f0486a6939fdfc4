//go:build unix

package locate

import (
	"context"
	"fmt"
	"log/slog"
	"os/exec"
)

// Redis finds redis-server in PATH, or installs Debian's package.
func Redis(ctx context.Context, log *slog.Logger) (string, error) {
	if path, err := exec.LookPath("redis-server"); err == nil {
		return path, nil
	}
	installed := debian{root: "/", log: log}.install(ctx, "redis-server")
	if path, err := exec.LookPath("redis-server"); err == nil {
		return path, nil
	}
	return "", fmt.Errorf("there is no redis-server in PATH: install Redis 7 or newer "+
		"(Debian: apt-get install redis-server; macOS: brew install redis). Tried: %w", installed)
}
