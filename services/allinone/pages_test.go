package allinone_test

import (
	"flag"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// everyFlow is what `make test-pages` asks for; otherwise one flow is walked with each disturbance.
var everyFlow = flag.Bool("pages.all", false, "walk every flow of pages, not only signing up")

// firstWalker is the number of the first person of the population who walks.
const firstWalker = 5000

// TestPages walks flows of pages in a real browser, with something happening at every step: a reload, a way back, another
// language, a double click on a slow line, an ended session, a second tab, no JavaScript, large text, no mouse.
func TestPages(t *testing.T) {
	t.Parallel()
	chromium := strings.TrimSpace(output(t, exec.Command("../../deploy/dev/chromium")))
	installScripts(t)
	list := exec.Command("node", "pages.mjs", "list")
	list.Dir = browserDir
	i := start(t)
	for n, line := range strings.Split(strings.TrimSpace(output(t, list)), "\n") {
		flow, disturbance, _ := strings.Cut(line, " ")
		// Who signs up has no session that could end.
		brief := flow == "sign-up" || flow == "person" && disturbance == "session"
		if !brief && !*everyFlow {
			continue
		}
		t.Run(flow+"/"+disturbance, func(t *testing.T) {
			t.Parallel()
			node := exec.Command("node", "pages.mjs", flow, disturbance)
			node.Dir = browserDir
			node.Env = append(os.Environ(), "ORIGIN="+i.url, "CHROMIUM="+chromium, "FIRST="+strconv.Itoa(firstWalker+n))
			output(t, node)
		})
	}
}
