//go:build unix && !linux

package embedded

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// maxSocketPath is what fits into sockaddr_un, without the final zero.
const maxSocketPath = 103

// dieWithParent is Linux's alone. Elsewhere a server of a killed test ends by
// itself within a minute, once its directory has been swept away.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

func isPostmaster(pid int) bool { return alive(pid) }

func children(parent int) []int {
	out, err := exec.Command("pgrep", "-P", strconv.Itoa(parent)).Output()
	if err != nil {
		return nil // it has none
	}
	var pids []int
	for _, field := range strings.Fields(string(out)) {
		if pid, err := strconv.Atoi(field); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
