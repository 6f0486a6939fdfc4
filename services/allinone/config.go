package allinone

import (
	"fmt"
	"net"
	"path/filepath"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/pkg/env"
)

// Config is what only this process reads.
type Config struct {
	// DataDir holds everything that is kept from run to run.
	DataDir string `env:"PROPUSK_DATA_DIR" envDefault:"var"`
	// Log is where the log goes: to a file in DataDir, with warnings on stderr too, or all of it to stderr.
	Log logTarget `env:"PROPUSK_LOG" envDefault:"file"`
}

// settings are the whole configuration of this process.
type settings struct {
	own      Config
	shared   boot.Config
	vars     env.Vars
	services []boot.Service
	// gateway is the address of the public port.
	gateway string
}

// load fills in what one process on one machine needs and the environment does not say.
func load(vars env.Vars) (*settings, error) {
	s := &settings{vars: vars}
	if err := vars.Fill("", &s.own); err != nil {
		return nil, err
	}
	if err := s.own.Log.check(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(s.own.DataDir)
	if err != nil {
		return nil, err
	}
	s.own.DataDir = dir
	if err := s.setDefaults(); err != nil {
		return nil, err
	}
	s.services = servicesFor(boot.Environment(vars["PROPUSK_ENV"]))
	if s.shared, err = boot.LoadInProcess(vars, s.services, env.Section{Config: Config{}}); err != nil {
		return nil, err
	}
	return s, s.checkReach()
}

// checkReach keeps a sandbox, which shows everybody's messages, on this machine, unless its host is named.
func (s *settings) checkReach() error {
	if s.shared.Environment != boot.Sandbox || s.shared.SandboxHost != "" {
		return nil
	}
	for name, address := range map[string]string{
		"PROPUSK_GATEWAY_LISTEN": s.gateway, "PROPUSK_MANAGEMENT_LISTEN": s.shared.ManagementListen,
	} {
		if host, _, err := net.SplitHostPort(address); err == nil && !boot.IsLoopback(host) {
			return fmt.Errorf("a sandbox shows every message to everybody, and %s=%s lets other machines in: listen on "+
				"127.0.0.1, or set PROPUSK_SANDBOX_HOST to the name that it is to have there if that is meant", name, address)
		}
	}
	return nil
}

// setDefaults sets variables that are not set.
func (s *settings) setDefaults() error {
	s.setDefault("PROPUSK_ENV", string(boot.Sandbox))
	s.setDefault("PROPUSK_SECRETS_DIR", filepath.Join(s.own.DataDir, "secrets"))
	s.setDefault("PROPUSK_MANAGEMENT_LISTEN", "127.0.0.1:9090")
	if s.vars["PROPUSK_ENV"] == string(boot.Sandbox) {
		s.setSandboxDefaults()
	}
	s.gateway = s.setDefault("PROPUSK_GATEWAY_LISTEN", ":8080")
	_, port, err := net.SplitHostPort(s.gateway)
	if err != nil {
		return fmt.Errorf("PROPUSK_GATEWAY_LISTEN is %q: write it like 127.0.0.1:8080", s.gateway)
	}
	s.setDefault("PUBLIC_URL", "http://localhost:"+port)
	return nil
}

// setSandboxDefaults opens no port to other machines, since the sandbox shows everybody's messages, and sets what services
// want to be otherwise in a sandbox: limits per address, as all its people come from one.
func (s *settings) setSandboxDefaults() {
	s.setDefault("PROPUSK_GATEWAY_LISTEN", "127.0.0.1:8080")
	for _, service := range Services() {
		for name, value := range service.Section().Tagged(sandboxTag) {
			s.setDefault(name, value)
		}
	}
}

// sandboxTag is the struct tag of settings that a sandbox has otherwise.
const sandboxTag = "sandbox"

func (s *settings) setDefault(name, value string) string {
	if s.vars[name] == "" {
		s.vars[name] = value
	}
	return s.vars[name]
}

func (s *settings) path(name string) string { return filepath.Join(s.own.DataDir, name) }

// isSet says whether the environment names a store of the operator's own.
func (s *settings) isSet(name string) bool { return s.vars[name] != "" }
