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
	Time    time.Time  `json:"time"`
	Machine string     `json:"machine"`
	Cases   []*outcome `json:"cases"`
	Goals   []verdict  `json:"goals"`

	countings []counting
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

func (r *report) add(o ...*outcome) { r.Cases = append(r.Cases, o...) }

// goal notes whether a goal was met by a case.
func (r *report) goal(what, got string, met bool, o *outcome) {
	r.Goals = append(r.Goals, verdict{Goal: what, Got: got, Met: met && o.valid(), Valid: o.valid()})
}

// goalOfSQL compares what was counted in Postgres.
func (r *report) goalOfSQL(o *outcome, sql, flushes float64) {
	if o.Statements == nil {
		return
	}
	got := o.Statements
	r.goal(fmt.Sprintf("%s: at most %g SQL statements", o.Name, sql), fmt.Sprintf("%.1f", got.total()),
		got.total() <= sql+tolerance*sql, o)
	r.goal(fmt.Sprintf("%s: at most %g flushes", o.Name, flushes), fmt.Sprintf("%.1f", got.Flushes),
		got.Flushes <= flushes+flushTolerance, o)
}

// print writes the table and the verdicts.
func (r *report) print(out io.Writer) error {
	fmt.Fprintf(out, "\n%s\n\n", r.Machine)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "case\tper s\tp50 ms\tp99 ms\tCPU ms: server\tPostgres\tRedis\t× floor\tSQL\tcommits\tflushes\tothers\terrors\t")
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
	floor, sql, commits, flushes := "", "", "", ""
	if o.OfFloor > 0 {
		floor = fmt.Sprintf("%.1f", o.OfFloor)
	}
	if c := o.Statements; c != nil {
		sql, commits, flushes = fmt.Sprintf("%.1f", c.total()), fmt.Sprintf("%.1f", c.Commits), fmt.Sprintf("%.1f", c.Flushes)
	}
	c := o.CPU
	if o.Name == hashName {
		c = cpu{Server: c.Bench} // it is the driver that hashes
	}
	return fmt.Sprintf("%s\t%.1f\t%.1f\t%.1f\t%.3f\t%.3f\t%.3f\t%s\t%s\t%s\t%s\t%.0f %%\t%d\t",
		o.Name, o.Rate, o.P50, o.P99, c.Server, c.Postgres, c.Redis, floor, sql, commits, flushes, 100*o.Others, o.Errors)
}

func (o *outcome) remarks() []string {
	var out []string
	if o.OfHash > 0 {
		out = append(out, fmt.Sprintf("%.0f %% of the bare hash's rate", 100*o.OfHash))
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
