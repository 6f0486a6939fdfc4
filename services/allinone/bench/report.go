package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// report collects what is printed at the end.
type report struct {
	Time    time.Time `json:"time"`
	Machine string    `json:"machine"`
	Cases   []outcome `json:"cases"`
	Goals   []verdict `json:"goals"`
}

// verdict is the result for one goal.
type verdict struct {
	Goal string `json:"goal"`
	Got  string `json:"got"`
	Met  bool   `json:"met"`
	// Valid is false when operations failed: then nothing was measured.
	Valid bool `json:"valid"`
}

func newReport() *report {
	return &report{Time: time.Now().UTC().Truncate(time.Second), Machine: machine()}
}

// machine names the processor.
func machine() string {
	content, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		content = nil
	}
	model := runtime.GOARCH
	for line := range strings.Lines(string(content)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d cores, %s, %s", runtime.NumCPU(), model, runtime.Version())
}

func (r *report) add(o outcome) { r.Cases = append(r.Cases, o) }

func (r *report) goal(what, got string, met, valid bool) {
	r.Goals = append(r.Goals, verdict{Goal: what, Got: got, Met: met && valid, Valid: valid})
}

// print writes the table and the verdicts.
func (r *report) print(out io.Writer) error {
	fmt.Fprintf(out, "\n%s\n\n", r.Machine)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "case\tper s\tof floor\tp50 ms\tp99 ms\tCPU ms: server\tPostgres\tRedis\tSQL\tcommits\tothers\terrors\t")
	for _, o := range r.Cases {
		fmt.Fprintln(t, o.row())
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, o := range r.Cases {
		for _, line := range o.remarks() {
			fmt.Fprintf(out, "%s: %s\n", o.Name, line)
		}
	}
	fmt.Fprintln(out)
	for _, g := range r.Goals {
		fmt.Fprintf(out, "%-8s %s: %s\n", g.word(), g.Goal, g.Got)
	}
	return nil
}

func (v verdict) word() string {
	switch {
	case !v.Valid:
		return "INVALID"
	case v.Met:
		return "met"
	}
	return "NOT MET"
}

func (o *outcome) row() string {
	floor, sql, commits := "", "", ""
	if o.OfFloor > 0 {
		floor = fmt.Sprintf("%.0f %%", 100*o.OfFloor)
	}
	if o.Statements != nil {
		sql, commits = fmt.Sprintf("%.1f", o.Statements.total()), fmt.Sprintf("%.1f", o.Statements.Commits)
	}
	c := o.CPU
	if strings.HasPrefix(o.Name, "argon2id") {
		c = cpu{Server: c.Bench} // it is the driver that hashes
	}
	return fmt.Sprintf("%s\t%.1f\t%s\t%.1f\t%.1f\t%.2f\t%.2f\t%.2f\t%s\t%s\t%.0f %%\t%d\t",
		o.Name, o.Rate, floor, o.P50, o.P99, c.Server, c.Postgres, c.Redis, sql, commits, 100*o.Others, o.Errors)
}

func (o *outcome) remarks() []string {
	var out []string
	if o.HashShare > 0 {
		out = append(out, fmt.Sprintf("the bare hash is %.0f %% of all its CPU", 100*o.HashShare))
	}
	if o.Statements != nil {
		out = append(out, "SQL by service: "+o.Statements.String())
	}
	if o.Delay != nil {
		out = append(out, fmt.Sprintf("%.0f deliveries, handled p50 %.0f ms, p99 %.0f ms after their commit",
			o.Delay.Events, 1000*o.Delay.P50, 1000*o.Delay.P99))
	}
	if o.Storm != nil {
		out = append(out, fmt.Sprintf("beside %.0f sign-ins/s, p99 %.0f ms", o.Storm.SignIns, o.Storm.P99))
	}
	if o.Problem != "" {
		out = append(out, "failed: "+o.Problem)
	}
	return out
}

// save writes everything as JSON.
func (r *report) save(path string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, append(content, '\n'), 0o600)
}
