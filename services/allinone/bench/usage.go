package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of /proc's times: USER_HZ, which is 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// usage is CPU time used since the processes began, and by the whole machine since it did.
type usage struct{ server, postgres, redis, bench, machine time.Duration }

func (u usage) since(before usage) usage {
	return usage{
		server: u.server - before.server, postgres: u.postgres - before.postgres, redis: u.redis - before.redis,
		bench: u.bench - before.bench, machine: u.machine - before.machine,
	}
}

func (u usage) plus(more usage) usage {
	return usage{
		server: u.server + more.server, postgres: u.postgres + more.postgres, redis: u.redis + more.redis,
		bench: u.bench + more.bench, machine: u.machine + more.machine,
	}
}

// others is what processes outside the measurement used. Times are rounded process by process, so it may be slightly
// negative.
func (u usage) others() time.Duration {
	return max(0, u.machine-u.server-u.postgres-u.redis-u.bench)
}

func (p processes) usage() (usage, error) {
	machine, err := machineTime()
	if err != nil {
		return usage{}, err
	}
	all, err := readProcesses()
	if err != nil {
		return usage{}, err
	}
	return usage{
		server: all.tree(p.server), postgres: all.tree(p.postgres), redis: all.tree(p.redis), bench: all[os.Getpid()].time,
		machine: machine,
	}, nil
}

// processes are the roots of what is measured.
type processes struct{ server, postgres, redis int }

type process struct {
	parent int
	// time includes that of children which have ended.
	time time.Duration
}

type table map[int]process

func readProcesses() (table, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("CPU times are read from /proc, which is Linux's: there is none here")
	}
	all := table{}
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			continue // it has ended
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f)))
		if err != nil {
			return nil, err
		}
		all[pid] = parseProcess(content)
	}
	return all, nil
}

// parseProcess reads "123 (name) S parent …" (proc(5)): fields 4, and 14 to 17, user and system time of the process
// itself and of children which have ended.
func parseProcess(stat []byte) process {
	var p process
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 15 {
		return p
	}
	p.parent, _ = strconv.Atoi(fields[1])
	for _, f := range fields[11:15] {
		n, _ := strconv.Atoi(f)
		p.time += time.Duration(n) * tick
	}
	return p
}

// tree is the time of a process and all its descendants.
func (t table) tree(root int) time.Duration {
	sum := t[root].time
	for pid, p := range t {
		if p.parent == root && pid != root {
			sum += t.tree(pid)
		}
	}
	return sum
}

// machineTime is the busy time of all processors: everything except idle and waiting for the disk.
func machineTime() (time.Duration, error) {
	content, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(content), "\n")
	var sum time.Duration
	for i, f := range strings.Fields(line)[1:] {
		const idle, ioWait, guest = 3, 4, 8 // guest times are in user time already
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0, err
		}
		if i != idle && i != ioWait && i < guest {
			sum += time.Duration(n) * tick
		}
	}
	return sum, nil
}
