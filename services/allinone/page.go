package allinone

import (
	"fmt"
	"io"
	"strings"

	"github.com/propusk-id/propusk/pkg/boot"
	"github.com/propusk-id/propusk/services/sandbox"
)

// printPage tells the person at the terminal where everything is.
func (s *settings) printPage(w io.Writer) {
	url := s.shared.PublicURL
	lines := [][2]string{{"Sign up, sign in", url}}
	title := "Propusk is running."
	if s.shared.Environment == boot.Sandbox {
		title = "Propusk is running as a sandbox: people, registries, phones and post are simulated."
		lines = append(lines,
			[2]string{"Virtual phone", url + "/phone   (codes, emails and letters arrive here)"},
			[2]string{"Demo partner", sandbox.DemoURL(url)})
	}
	lines = append(lines,
		[2]string{"REST API", url + "/docs   (for programs: /openapi.json)"},
		[2]string{"Metrics, health", "http://" + s.shared.ManagementListen + "/metrics, /readyz"},
		[2]string{"Data", s.dataLine()})
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n", title)
	for _, l := range lines {
		fmt.Fprintf(&b, "  %-17s %s\n", l[0], l[1])
	}
	b.WriteString("\nCtrl-C stops it; the data stays for the next run.\n\n")
	fmt.Fprint(w, b.String())
}

func (s *settings) dataLine() string {
	if s.own.Log == logToStderr {
		return s.own.DataDir
	}
	return s.own.DataDir + "   (log: " + logFile + ")"
}
