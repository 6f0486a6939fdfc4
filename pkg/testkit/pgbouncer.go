package testkit

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Pooler is a PgBouncer in transaction mode.
type Pooler struct {
	t    testing.TB
	dir  string
	port int
}

// StartPooler runs PgBouncer before the database of an administrator's address, with so few connections that sessions
// change hands all the time. It lets in the roles whose passwords it is given. As root, Debian's package is installed
// where there is none.
func StartPooler(t testing.TB, adminURL string, passwords map[string]string) *Pooler {
	t.Helper()
	program := findPooler(t)
	config, err := pgx.ParseConfig(adminURL)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("/tmp", "propusk-pooler-") //nolint:usetesting // its own account enters it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &Pooler{t: t, dir: dir, port: freePort(t)}
	p.write("pgbouncer.ini", fmt.Sprintf(`[databases]
%[1]s = host=%[2]s port=%[3]d dbname=%[1]s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %[4]d
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %[5]s
pool_mode = transaction
default_pool_size = 4
max_client_conn = 500
`, config.Database, config.Host, config.Port, p.port, p.path("users.txt")))
	p.writeUsers(passwords)
	cmd := exec.Command(program, p.path("pgbouncer.ini"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() == 0 {
		p.runAsOwner(cmd, config.Host)
	}
	log, err := os.Create(p.path("log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if text, err := os.ReadFile(p.path("log")); err == nil && t.Failed() {
			t.Logf("PgBouncer logged:\n%s", Digest(string(text)))
		}
	})
	Eventually(t, "PgBouncer listens", func() bool {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "tcp", p.address())
		return err == nil && conn.Close() == nil
	})
	return p
}

// URL is the database's address through the pooler; services add their own login.
func (p *Pooler) URL(adminURL string) string {
	config, err := pgx.ParseConfig(adminURL)
	if err != nil {
		p.t.Fatal(err)
	}
	u := url.URL{Scheme: "postgres", Host: p.address(), Path: "/" + config.Database, RawQuery: "sslmode=disable"}
	return u.String()
}

func (p *Pooler) writeUsers(passwords map[string]string) {
	p.t.Helper()
	var lines strings.Builder
	for role, password := range passwords {
		fmt.Fprintf(&lines, "%q %q\n", role, password)
	}
	p.write("users.txt", lines.String())
}

func (p *Pooler) address() string { return "127.0.0.1:" + strconv.Itoa(p.port) }

func (p *Pooler) path(name string) string { return filepath.Join(p.dir, name) }

func (p *Pooler) write(name, content string) {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// runAsOwner runs it as the account that may enter the server's socket: it refuses to be root.
func (p *Pooler) runAsOwner(cmd *exec.Cmd, sockets string) {
	p.t.Helper()
	info, err := os.Stat(sockets)
	if err != nil {
		p.t.Fatal(err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		p.t.Fatal("this system does not tell who owns " + sockets)
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	for _, path := range []string{p.dir, p.path("pgbouncer.ini"), p.path("users.txt")} {
		if err := os.Chown(path, int(owner.Uid), int(owner.Gid)); err != nil {
			p.t.Fatal(err)
		}
	}
}

func findPooler(t testing.TB) string {
	t.Helper()
	search := func() string {
		if path, err := exec.LookPath("pgbouncer"); err == nil {
			return path
		}
		if _, err := os.Stat("/usr/sbin/pgbouncer"); err == nil {
			return "/usr/sbin/pgbouncer"
		}
		return ""
	}
	if path := search(); path != "" {
		return path
	}
	me, err := user.Current()
	if err == nil && me.Uid == "0" {
		install := exec.Command("apt-get", "install", "-y", "--no-install-recommends", "pgbouncer")
		install.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("installing pgbouncer: %v\n%s", err, out)
		}
	}
	path := search()
	if path == "" {
		t.Fatal("there is no pgbouncer in PATH: install it (Debian: apt-get install pgbouncer)")
	}
	return path
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("no TCP address")
	}
	return addr.Port
}
