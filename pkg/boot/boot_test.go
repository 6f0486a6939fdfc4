package boot

import (
	"bytes"
	"context"
	"encoding/base64"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/pkg/secret"
)

func vars(kv ...string) env.Vars {
	v := env.Vars{"PROPUSK_ENV": "sandbox"}
	for i := 0; i+1 < len(kv); i += 2 {
		v[kv[i]] = kv[i+1]
	}
	return v
}

func TestImpossibleConfigurationsAreRefusedInWords(t *testing.T) {
	for name, c := range map[string]struct {
		vars env.Vars
		want string
	}{
		"public sandbox":     {vars("PUBLIC_URL", "https://id.example.ru"), "PROPUSK_SANDBOX_HOST"},
		"plain production":   {vars("PROPUSK_ENV", "production", "PUBLIC_URL", "http://id.example.ru"), "https://"},
		"no such env":        {vars("PROPUSK_ENV", "staging"), "PROPUSK_ENV"},
		"not a URL":          {vars("PUBLIC_URL", "id.example.ru"), "PUBLIC_URL"},
		"a URL with a path":  {vars("PUBLIC_URL", "https://localhost/id"), "must end after the host"},
		"unknown variable":   {vars("PROPUSK_OTPP_CODE_LIFE", "1s"), "PROPUSK_OTPP_CODE_LIFE"},
		"unreadable integer": {vars("PROPUSK_POOL_SIZE", "many"), "PoolSize"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadConfig(c.vars, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a sentence with %q", err, c.want)
			}
		})
	}
}

func TestGoodConfigurations(t *testing.T) {
	for _, v := range []env.Vars{
		vars(), vars("PUBLIC_URL", "http://127.0.0.1:9999/"),
		vars("PUBLIC_URL", "http://box.lan", "PROPUSK_SANDBOX_HOST", "box.lan"),
		vars("PROPUSK_ENV", "production", "PUBLIC_URL", "https://id.example.ru"),
	} {
		c, err := loadConfig(v, nil)
		if err != nil {
			t.Errorf("%v: %v", v, err)
		}
		if strings.HasSuffix(c.PublicURL, "/") || c.InternalURL != c.PublicURL {
			t.Errorf("public %q, internal %q", c.PublicURL, c.InternalURL)
		}
	}
}

func files(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, root)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatIsSimulatedDoesNotRunInProduction(t *testing.T) {
	ran := 0
	for environment, want := range map[Environment]string{Sandbox: "", Production: "invents: set PROPUSK_ENV=sandbox"} {
		s := Service{Name: "registry", SandboxOnly: "it invents", Run: func(context.Context, *Platform) error { ran++; return nil }}
		err := runService(t.Context(), s, &Platform{Env: Config{Environment: environment}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", environment, err)
		}
	}
	if ran != 1 {
		t.Errorf("it ran %d times", ran)
	}
}

func TestSecretsAreMadeOnceAndKept(t *testing.T) {
	root := t.TempDir()
	services := []string{"gateway", "otp"}
	if err := PrepareSecrets(root, services, true, secret.String{}); err != nil {
		t.Fatal(err)
	}
	before := files(t, root)
	if err := PrepareSecrets(root, append(services, "audit"), true, secret.String{}); err != nil {
		t.Fatal(err)
	}
	after := files(t, root)
	for name, content := range before {
		certificate := strings.HasSuffix(name, caFile) || strings.HasPrefix(filepath.Base(name), "tls.")
		if !certificate && after[name] != content {
			t.Errorf("%s was replaced", name)
		}
	}
	for name := range after {
		if strings.Contains(name, "ca.key") {
			t.Errorf("the authority's key was kept: %s", name)
		}
	}
	if after["/otp/"+caFile] != after["/audit/"+caFile] {
		t.Error("a service added later has another authority than the rest")
	}
	if _, ok := after["/otp/"+userTokenKeyFile]; ok {
		t.Error("otp can make internal tokens")
	}
}

func TestAKEKFromOutsideLiesNowhere(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "gateway")
	kek := secret.New(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	for range 2 {
		if err := PrepareSecrets(root, []string{"gateway"}, true, kek); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files(t, root) {
		if filepath.Base(name) == kekFile || strings.Contains(content, kek.Reveal()) {
			t.Errorf("it was written to %s", name)
		}
	}
	if _, err := loadKeys(dir, kek); err != nil {
		t.Error(err)
	}
	another := secret.New(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{8}, 32)))
	for name, wrong := range map[string]secret.String{"none": {}, "another": another, "none that could be": secret.New("x")} {
		if _, err := loadKeys(dir, wrong); err == nil {
			t.Errorf("the keys open with %s", name)
		}
	}
}

func TestCertificatesNameTheirService(t *testing.T) {
	root := t.TempDir()
	if err := PrepareSecrets(root, []string{"gateway", "otp", "account"}, true, secret.String{}); err != nil {
		t.Fatal(err)
	}
	network := func(service string) *tcp {
		n, err := newTCP(Config{SecretsDir: filepath.Join(root, service), Listen: "127.0.0.1:0"})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	otp, gateway := network("otp"), network("gateway")
	l, err := otp.listener("otp")
	if err != nil {
		t.Fatal(err)
	}
	lis, err := l.listen(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lis.Close() }()
	go func() {
		for {
			conn, err := lis.Accept()
			if err != nil {
				return
			}
			_, _, _ = l.credentials.ServerHandshake(conn)
		}
	}()
	shake := func(want string) error {
		gateway.peers = map[string]string{want: lis.Addr().String()}
		d, err := gateway.dialler("gateway", want)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", lis.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_, _, err = d.credentials.ClientHandshake(context.Background(), want, conn)
		return err
	}
	if err := shake("otp"); err != nil {
		t.Errorf("the right service: %v", err)
	}
	if err := shake("account"); err == nil {
		t.Error("otp was taken for account")
	}
}
