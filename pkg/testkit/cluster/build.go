package cluster

import (
	"os"
	"os/exec"
	"path/filepath"

	"github.com/propusk-id/propusk/pkg/testkit"
)

const natsModule = "github.com/nats-io/nats-server/v2"

func (c *Cluster) build() {
	c.t.Helper()
	root := testkit.Workspace(c.t)
	out := filepath.Join(c.dir, "bin")
	c.binaries = map[string]string{NATS: filepath.Join(out, "nats-server")}
	targets := make([]string, 0, len(c.options.Services))
	for _, s := range c.options.Services {
		targets = append(targets, "./services/"+s.Name+"/cmd/"+s.Name)
		c.binaries[s.Name] = filepath.Join(out, s.Name)
	}
	if err := os.MkdirAll(out, 0o750); err != nil {
		c.t.Fatal(err)
	}
	c.goBuild(root, append([]string{"-o", out + "/"}, targets...))
	c.goBuild(filepath.Join(root, "pkg", "embedded"), []string{"-o", c.binaries[NATS], natsModule})
}

func (c *Cluster) goBuild(dir string, args []string) {
	c.t.Helper()
	cmd := exec.Command("go", append([]string{"build", "-buildvcs=false"}, args...)...)
	cmd.Dir = dir
	if output, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("go build: %v\n%s", err, output)
	}
}
