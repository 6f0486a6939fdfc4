package env

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/secret"
)

type config struct {
	Wait  time.Duration `env:"WAIT" envDefault:"5s"`
	Token secret.String `env:"TOKEN"`
}

func TestFill(t *testing.T) {
	vars, err := parse([]string{"PROPUSK_X_WAIT=2m", "PROPUSK_X_TOKEN=s3cret", "HOME=/root"})
	if err != nil {
		t.Fatal(err)
	}
	var c config
	if err := vars.Fill("PROPUSK_X_", &c); err != nil {
		t.Fatal(err)
	}
	if c.Wait != 2*time.Minute || c.Token.Reveal() != "s3cret" {
		t.Errorf("got %v and %q", c.Wait, c.Token.Reveal())
	}
}

func TestFillSaysWhatCannotBeRead(t *testing.T) {
	err := Vars{"PROPUSK_X_WAIT": "soon"}.Fill("PROPUSK_X_", &config{})
	if err == nil || !strings.Contains(err.Error(), "Wait") {
		t.Errorf("got %v", err)
	}
}

func TestValuesMayComeFromFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	vars, err := parse([]string{"PROPUSK_X_TOKEN_FILE=" + path, "DATABASE_URL_FILE=" + path, "OTHER_FILE=/nonexistent"})
	if err != nil {
		t.Fatal(err)
	}
	if vars["PROPUSK_X_TOKEN"] != "from file" || vars["DATABASE_URL"] != "from file" {
		t.Errorf("got %v", vars)
	}
	if err := vars.CheckUnknown(Section{Prefix: "PROPUSK_X_", Config: config{}}); err != nil {
		t.Errorf("the _FILE variable counts as unknown: %v", err)
	}
}

func TestValueAndFileTogetherAreRefused(t *testing.T) {
	if _, err := parse([]string{"PROPUSK_X_TOKEN=a", "PROPUSK_X_TOKEN_FILE=/b"}); err == nil {
		t.Error("both were taken")
	}
	if _, err := parse([]string{"PROPUSK_X_TOKEN_FILE=/nonexistent"}); err == nil {
		t.Error("a missing file was taken")
	}
}

func TestUnknownVariablesAreNamed(t *testing.T) {
	vars := Vars{"PROPUSK_X_WAIT": "1s", "PROPUSK_X_WIAT": "1s", "PATH": "/bin"}
	err := vars.CheckUnknown(Section{Prefix: "PROPUSK_X_", Config: config{}}, Section{Prefix: "PROPUSK_Y_"})
	if err == nil || !strings.Contains(err.Error(), "PROPUSK_X_WIAT") || strings.Contains(err.Error(), "PROPUSK_X_WAIT,") {
		t.Errorf("got %v", err)
	}
}
