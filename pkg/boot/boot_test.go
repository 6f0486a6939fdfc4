package boot

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/propusk-id/propusk/pkg/boot/keyring"
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
		"support by words":   {vars("PROPUSK_SUPPORT_PHONE", "call us"), "PROPUSK_SUPPORT_PHONE"},
		"support nowhere":    {vars("PROPUSK_SUPPORT_EMAIL", "help"), "PROPUSK_SUPPORT_EMAIL"},
		"hours of nothing":   {vars("PROPUSK_SUPPORT_HOURS_RU", "всегда", "PROPUSK_SUPPORT_HOURS_EN", "always"), "set PROPUSK_SUPPORT_PHONE"},
		"hours for some": {
			vars("PROPUSK_SUPPORT_PHONE", "115", "PROPUSK_SUPPORT_HOURS_RU", "всегда"), "PROPUSK_SUPPORT_HOURS_EN",
		},
		"hours of two lines": {
			vars("PROPUSK_SUPPORT_PHONE", "115", "PROPUSK_SUPPORT_HOURS_RU", "всегда", "PROPUSK_SUPPORT_HOURS_EN", "a\nb"), "one line",
		},
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
		vars("PROPUSK_SUPPORT_PHONE", "8 (800) 100-70-10"), vars("PROPUSK_SUPPORT_EMAIL", "help@example.ru"),
		vars("PROPUSK_SUPPORT_PHONE", "115", "PROPUSK_SUPPORT_HOURS_RU", "круглосуточно", "PROPUSK_SUPPORT_HOURS_EN", "24 hours"),
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

func TestCertificatesNameTheirService(t *testing.T) {
	root := t.TempDir()
	if err := keyring.Prepare(root, []string{"gateway", "otp", "account"}, true, secret.String{}); err != nil {
		t.Fatal(err)
	}
	network := func(service string) *tcp {
		n, err := newTCP(Config{SecretsDir: filepath.Join(root, service), Listen: "127.0.0.1:0"}, slog.New(slog.DiscardHandler))
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
