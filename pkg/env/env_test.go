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
	Wait  time.Duration `env:"WAIT" envDefault:"5s" range:"0 or 1s..1h"`
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
	if err := vars.Check(Section{Prefix: "PROPUSK_X_", Config: config{}}); err != nil {
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
	err := vars.Check(Section{Prefix: "PROPUSK_X_", Config: config{}}, Section{Prefix: "PROPUSK_Y_"})
	if err == nil || !strings.Contains(err.Error(), "PROPUSK_X_WIAT") || strings.Contains(err.Error(), "PROPUSK_X_WAIT,") {
		t.Errorf("got %v", err)
	}
}

func TestValuesOutsideTheirRangeAreNamed(t *testing.T) {
	type conduct struct {
		Rate float64 `env:"RATE" envDefault:"0" range:"0..1"`
	}
	type ranged struct {
		Wait  time.Duration `env:"WAIT" envDefault:"5s" range:"0 or 1s..1h"`
		Tries int           `env:"TRIES" envDefault:"5" range:"1..100" sandbox:"50"`
		Seed  uint64        `env:"SEED" envDefault:"1" range:"0..18446744073709551615"`
		Codes []int         `env:"CODES" envDefault:"7" range:"1..999"`
		PFR   conduct       `envPrefix:"PFR_"`
	}
	section := Section{Prefix: "PROPUSK_X_", Config: ranged{}}
	for name, c := range map[string]struct{ variable, value, want string }{
		"too little":       {"PROPUSK_X_TRIES", "0", "PROPUSK_X_TRIES is 0: choose 1 to 100"},
		"too much":         {"PROPUSK_X_TRIES", "101", "choose 1 to 100"},
		"negative":         {"PROPUSK_X_TRIES", "-1", "choose 1 to 100"},
		"between":          {"PROPUSK_X_WAIT", "1ms", "PROPUSK_X_WAIT is 1ms: choose 0 or 1s to 1h"},
		"too long":         {"PROPUSK_X_WAIT", "61m", "choose 0 or 1s to 1h"},
		"one of a list":    {"PROPUSK_X_CODES", "7,1000", "PROPUSK_X_CODES is 1000: choose 1 to 999"},
		"nested":           {"PROPUSK_X_PFR_RATE", "1.5", "PROPUSK_X_PFR_RATE is 1.5: choose 0 to 1"},
		"not a number":     {"PROPUSK_X_PFR_RATE", "NaN", "choose 0 to 1"},
		"the least":        {"PROPUSK_X_TRIES", "1", ""},
		"the most":         {"PROPUSK_X_WAIT", "1h", ""},
		"the other choice": {"PROPUSK_X_WAIT", "0s", ""},
		"the largest":      {"PROPUSK_X_SEED", "18446744073709551615", ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := Vars{c.variable: c.value}.Check(section)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if got := section.Tagged("sandbox"); len(got) != 1 || got["PROPUSK_X_TRIES"] != "50" {
		t.Errorf("tagged are %v", got)
	}
}

func TestANumberWithoutAReadableRangeIsRefused(t *testing.T) {
	for _, c := range []any{
		struct {
			Tries int `env:"TRIES" envDefault:"5"`
		}{},
		struct {
			Tries []int `env:"TRIES"`
		}{},
		struct {
			Wait time.Duration `env:"WAIT" envDefault:"5s" range:"1s..soon"`
		}{},
		struct {
			Wait time.Duration `env:"WAIT" envDefault:"5s" range:"1h..1s"`
		}{},
	} {
		if err := (Vars{}).Check(Section{Prefix: "PROPUSK_X_", Config: c}); err == nil || !strings.Contains(err.Error(), "range") {
			t.Errorf("%T: got %v", c, err)
		}
	}
}
