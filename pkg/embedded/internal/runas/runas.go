//go:build unix

package runas

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// User is the account that owns a PostgreSQL server: its files and processes.
type User struct {
	UID, GID uint32
}

// ForPostgres returns the account for a server that does not exist yet.
func ForPostgres() (User, error) {
	if os.Geteuid() != 0 {
		return Self(), nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return parse(u)
		}
	}
	return User{}, errors.New(`PostgreSQL refuses to run as root, and this system has neither ` +
		`a "postgres" nor a "nobody" account to run it as: add one, or start as an ordinary user`)
}

// OwnerOf returns the account that a server's existing data belongs to. It
// outranks ForPostgres: a "postgres" account may appear after "nobody" began.
func OwnerOf(path string) (User, error) {
	info, err := os.Stat(path)
	if err != nil {
		return User{}, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return User{}, fmt.Errorf("this system does not tell who owns %s", path)
	}
	u := User{UID: stat.Uid, GID: stat.Gid}
	if os.Geteuid() != 0 && u.UID != Self().UID {
		return User{}, fmt.Errorf("%s belongs to user id %d and you are %d: "+
			"start as that user, or from a clone of your own", path, u.UID, Self().UID)
	}
	return u, nil
}

// Own gives a file or directory to the account; only root can, and only root needs to.
func (u User) Own(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return os.Lchown(path, int(u.UID), int(u.GID))
}

// Command is exec.CommandContext for a program that runs as the account, from
// "/" (the caller's directory may be closed to it) and without PG* variables,
// which would change what PostgreSQL's programs do.
func (u User) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: u.UID, Gid: u.GID}
	}
	return cmd
}

// Self returns the account of this process.
func Self() User {
	return User{UID: uint32(os.Geteuid()), GID: uint32(os.Getegid())}
}

func parse(u *user.User) (User, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return User{}, fmt.Errorf("the id of account %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return User{}, fmt.Errorf("the group of account %s: %w", u.Username, err)
	}
	return User{UID: uint32(uid), GID: uint32(gid)}, nil
}
