package testkit

import "strings"

// digestTail is how many of a log's last lines a digest has whatever they say.
const digestTail = 20

// Digest is what a failed test tells of a log: warnings, errors and the end. All of it would bury the failure.
func Digest(log string) string {
	lines := strings.SplitAfter(strings.TrimSpace(log), "\n")
	var out strings.Builder
	for i, line := range lines {
		trouble := strings.Contains(line, `"level":"WARN"`) || strings.Contains(line, `"level":"ERROR"`) ||
			!strings.HasPrefix(line, "{")
		if trouble || i >= len(lines)-digestTail {
			out.WriteString(line)
		}
	}
	return out.String()
}
