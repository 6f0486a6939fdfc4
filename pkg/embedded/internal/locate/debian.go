//go:build unix

package locate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func (s *postgresSearch) installFromDebian(ctx context.Context) error {
	if s.major != 0 {
		return fmt.Errorf("the default package of Debian may be another major version than %d", s.major)
	}
	return debian{root: s.debianRoot, log: s.log}.install(ctx, "postgresql")
}

// debian installs packages for their programs alone: their services stay off.
type debian struct {
	root string // "/", but for tests
	log  *slog.Logger
}

func (d debian) install(ctx context.Context, pkg string) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("only root can install Debian's package %s", pkg)
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return errors.New("this is not Debian: there is no apt-get")
	}
	unlock, err := lockBeside(filepath.Join(d.root, "var/cache/propusk/apt"))
	if err != nil {
		return err
	}
	defer unlock()
	allow, err := d.keepServicesOff()
	if err != nil {
		return err
	}
	defer allow()
	d.log.InfoContext(ctx, "installing Debian's package", "package", pkg)
	return aptInstall(ctx, pkg)
}

// aptInstall refreshes the lists only when they are absent or out of date,
// which is when the first attempt fails.
func aptInstall(ctx context.Context, pkg string) error {
	if apt(ctx, "install", "-y", "--no-install-recommends", pkg) == nil {
		return nil
	}
	if err := apt(ctx, "update"); err != nil {
		return err
	}
	return apt(ctx, "install", "-y", "--no-install-recommends", pkg)
}

func apt(ctx context.Context, args ...string) error {
	args = append([]string{"-q", "-o", "DPkg::Lock::Timeout=300"}, args...)
	return run(ctx, "/", []string{"DEBIAN_FRONTEND=noninteractive"}, "apt-get", args...)
}

// keepServicesOff stops the packages from making a cluster of their own and
// from starting a server on the machine's usual ports.
func (d debian) keepServicesOff() (allow func(), err error) {
	noCluster := filepath.Join(d.root, "etc/postgresql-common/createcluster.d/propusk.conf")
	if err := os.MkdirAll(filepath.Dir(noCluster), 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(noCluster, []byte("create_main_cluster = false\n"), 0o644); err != nil {
		return nil, err
	}
	policy := filepath.Join(d.root, "usr/sbin/policy-rc.d")
	f, err := os.OpenFile(policy, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if errors.Is(err, os.ErrExist) {
		return func() {}, nil // the machine's own policy stands (images of Debian forbid services)
	}
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString("#!/bin/sh\nexit 101\n")
	return func() { _ = os.Remove(policy) }, errors.Join(err, f.Close())
}

// run runs a program and, should it fail, quotes the end of what it wrote.
func run(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	lines = lines[max(0, len(lines)-3):]
	return fmt.Errorf("`%s %s` failed (%w): %s", name, strings.Join(args, " "), err, strings.Join(lines, " / "))
}
