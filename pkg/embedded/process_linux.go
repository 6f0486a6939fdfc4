package embedded

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// maxSocketPath is what fits into sockaddr_un, without the final zero.
const maxSocketPath = 107

// dieWithParent has the kernel send the signal when this process ends, however it ends.
func dieWithParent(attr *syscall.SysProcAttr, sig syscall.Signal) { attr.Pdeathsig = sig }

// alive does not count zombies: in a container nobody may ever reap them.
func alive(pid int) bool {
	stat, ok := readStat(pid)
	return ok && stat.state != 'Z' && stat.state != 'X'
}

// isPostmaster guards against a process id that was given to another program.
func isPostmaster(pid int) bool {
	stat, ok := readStat(pid)
	return ok && alive(pid) && stat.name == "postgres"
}

func children(parent int) []int {
	var pids []int
	dirs, _ := filepath.Glob("/proc/[0-9]*") // fails only on a bad pattern
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		if stat, ok := readStat(pid); ok && stat.parent == parent {
			pids = append(pids, pid)
		}
	}
	return pids
}

type procStat struct {
	name   string
	state  rune
	parent int
}

// readStat uses /proc/<pid>/stat because everybody may read it: /proc/<pid>/cwd
// or exe of another account's process needs a privilege that containers drop.
func readStat(pid int) (procStat, bool) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return procStat{}, false
	}
	// "123 (name) S 1 …"; the name itself may have spaces and brackets.
	open, end := bytes.IndexByte(raw, '('), bytes.LastIndexByte(raw, ')')
	if open < 0 || end < open {
		return procStat{}, false
	}
	stat := procStat{name: string(raw[open+1 : end])}
	_, err = fmt.Sscanf(string(raw[end+1:]), " %c %d", &stat.state, &stat.parent)
	return stat, err == nil
}
