package allinone

import (
	"io/fs"
	"os"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
)

type secretsCommand struct {
	Root string `arg:"" help:"Directory with one directory for each service."`
	// RedisMaxmemory is how much the Redis beside the services may take.
	RedisMaxmemory string `help:"Memory that Redis may take." default:"256mb"`
	Owner          int    `help:"User and group id that the files are given to; only root may." default:"-1"`
}

// Run makes the secrets. Those that exist are never replaced.
func (c secretsCommand) Run() error {
	shared, err := loadShared()
	if err != nil {
		return err
	}
	if err := keyring.Prepare(c.Root, names(Services()), true, shared.KEK); err != nil {
		return err
	}
	if err := keyring.BoundRedis(c.Root, c.RedisMaxmemory); err != nil {
		return err
	}
	root, err := os.OpenRoot(c.Root)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err // the directory itself stays whose it was
		}
		if path == keyring.Authority {
			return fs.SkipDir // it stays the job's own: no service may read it
		}
		return root.Lchown(path, c.Owner, c.Owner)
	})
}
