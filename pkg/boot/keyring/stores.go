package keyring

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/propusk-id/propusk/pkg/secret"
)

// NATS is the event server: a certificate, as services connect with theirs (deploy/nats.conf).
const NATS = "nats"

// Migrator is who sets up, whom the event server lets manage streams.
const Migrator = "migrate"

// What the other stores of separate processes need, in directories of their own beside the services'.
const (
	redisServer   = "redis"    // its configuration, with the password that every service gets
	postgresAdmin = "postgres" // the administrator's password

	redisConfigFile   = "redis.conf"
	redisPasswordFile = "redis-password"
	adminPasswordFile = "password"
)

func prepareStores(root string, services []string) error {
	for _, s := range []string{NATS, redisServer, postgresAdmin, Migrator} {
		if err := os.MkdirAll(filepath.Join(root, s), 0o700); err != nil {
			return err
		}
	}
	admin := filepath.Join(root, postgresAdmin, adminPasswordFile)
	if err := ignoreExists(writeNew(admin, []byte(secret.NewToken().Reveal()))); err != nil {
		return err
	}
	return prepareRedis(root, services)
}

// prepareRedis keeps the password where Redis reads it, and gives every service a copy.
func prepareRedis(root string, services []string) error {
	path := filepath.Join(root, redisServer, redisPasswordFile)
	if err := ignoreExists(writeNew(path, []byte(secret.NewToken().Reveal()))); err != nil {
		return err
	}
	password, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	config := fmt.Sprintf("requirepass %s\nsave \"\"\nappendonly no\n", password)
	if err := os.WriteFile(filepath.Join(root, redisServer, redisConfigFile), []byte(config), 0o600); err != nil {
		return err
	}
	for _, s := range services {
		if err := os.WriteFile(filepath.Join(root, s, redisPasswordFile), password, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// BoundRedis has the Redis that [Prepare] has configured take no more than so much memory ("256mb"), from its next start on.
// Full, it refuses what is new and throws nothing away: what it holds is under way.
func BoundRedis(root, maxMemory string) error {
	if !regexp.MustCompile(`^[0-9]+([kmg]b?)?$`).MatchString(maxMemory) {
		return fmt.Errorf("%q is no size for Redis: write 256mb or 1gb", maxMemory)
	}
	f, err := os.OpenFile(filepath.Join(root, redisServer, redisConfigFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "maxmemory %s\nmaxmemory-policy noeviction\n", maxMemory)
	return errors.Join(err, f.Close())
}
