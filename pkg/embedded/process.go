//go:build unix

package embedded

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// pollEvery is how often a condition of another process is looked at.
const pollEvery = 5 * time.Millisecond

// process is a server beside this process: a child, or one that was adopted.
type process struct {
	pid  int
	done chan struct{} // closed when it has ended
}

// startProcess starts a child and waits for it in the background.
func startProcess(cmd *exec.Cmd) (*process, error) {
	p := &process{done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel sends the parent-death signal when the *thread* that
		// forked ends, so this thread is kept for as long as the child lives.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			p.pid = cmd.Process.Pid
		}
		started <- err
		if err == nil {
			_ = cmd.Wait() // its log tells why it ended
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	return p, nil
}

// adoptProcess watches a process that is nobody's child here.
func adoptProcess(pid int) *process {
	p := &process{pid: pid, done: make(chan struct{})}
	go func() {
		for alive(pid) {
			time.Sleep(10 * pollEvery)
		}
		close(p.done)
	}()
	return p
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// signal does nothing once the process has ended: its id may be another's now.
func (p *process) signal(sig syscall.Signal) {
	if !p.ended() {
		_ = syscall.Kill(p.pid, sig) // fails only if it has just ended
	}
}

// endedWithin waits.
func (p *process) endedWithin(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
		return false
	}
}

// killTree ends the process and its children as a power cut would. The children
// go first, while the parent is frozen and can neither replace nor reap them.
func (p *process) killTree() {
	p.signal(syscall.SIGSTOP)
	offspring := children(p.pid)
	for _, pid := range offspring {
		_ = syscall.Kill(pid, syscall.SIGKILL) // fails only if it has just ended
	}
	for _, pid := range offspring {
		for alive(pid) {
			time.Sleep(pollEvery)
		}
	}
	p.signal(syscall.SIGKILL)
	<-p.done
}

// poll calls check until it is true, the process ends, or the context does.
func (p *process) poll(ctx context.Context, check func() bool) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for !check() {
		select {
		case <-p.done:
			return fmt.Errorf("process %d ended", p.pid)
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
