package cluster

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/propusk-id/propusk/pkg/testkit"
)

func (c *Cluster) launch(service string) error {
	cmd := exec.Command(c.binaries[service])
	cmd.Env = c.environment(service)
	return c.run(service, cmd)
}

// environment gives a service its addresses, its secrets and those of the test's variables that are its own.
func (c *Cluster) environment(service string) []string {
	var peers []string
	for name := range c.ports {
		peers = append(peers, name+"="+c.address(name, 0))
	}
	slices.Sort(peers)
	vars := map[string]string{
		"PROPUSK_ENV": "sandbox", "PUBLIC_URL": c.URL(), "DATABASE_URL": c.postgres.URL(), "REDIS_URL": c.redis.URL(),
		"NATS_URL": c.natsURL(), "PROPUSK_SECRETS_DIR": filepath.Join(c.secrets(), service),
		"PROPUSK_LISTEN": c.address(service, 0), "PROPUSK_MANAGEMENT_LISTEN": c.address(service, 2),
		"PROPUSK_PEERS": strings.Join(peers, ","), "PROPUSK_POOL_SIZE": "8",
	}
	if service == "gateway" {
		vars["PROPUSK_GATEWAY_LISTEN"] = fmt.Sprintf("127.0.0.1:%d", c.public)
	}
	own := "PROPUSK_" + strings.ToUpper(service) + "_"
	for k, v := range c.options.Vars {
		if strings.HasPrefix(k, own) {
			vars[k] = v
		}
	}
	out := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	for _, k := range slices.Sorted(maps.Keys(vars)) {
		out = append(out, k+"="+vars[k])
	}
	return out
}

// run starts a process whose output is kept.
func (c *Cluster) run(name string, cmd *exec.Cmd) error {
	log, err := os.OpenFile(filepath.Join(c.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.processes[name] = cmd
	return nil
}

func (c *Cluster) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.processes {
		_ = p.Process.Kill()
		_ = p.Wait()
	}
	if !c.t.Failed() {
		return
	}
	for _, s := range c.options.Services {
		c.t.Logf("%s logged:\n%s", s.Name, testkit.Digest(c.Log(s.Name)))
	}
}
