package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"runtime/debug"

	"golang.org/x/crypto/argon2"

	"github.com/propusk-id/propusk/services/allinone/bench/minimal"
)

const (
	hashName      = "argon2id alone"
	heapOfAServer = 100 << 20
)

// hashes is the bare hash of a password on every core: argon2id with 19 MiB, two passes, one lane, as account does it. No
// server can sign people in faster. Memory that the system hands out anew costs as much as the hash: so this process has as
// much to keep as a server, and collects as rarely, and hashes in memory that it has had before.
func (w *world) hashes(ctx context.Context) *load {
	kept := make([]byte, heapOfAServer)
	defer runtime.KeepAlive(kept)
	defer debug.SetGCPercent(debug.SetGCPercent(minimal.CollectAt))
	return closed(ctx, runtime.NumCPU(), w.options.pace.hash, timed(func(context.Context, int) error {
		salt := make([]byte, 16)
		_, _ = rand.Read(salt) // never fails
		argon2.IDKey([]byte(password), salt, 2, 19*1024, 1, 32)
		return nil
	}))
}

// hashPart is the bare hash as something that takes turns with others.
func (w *world) hashPart() part { return part{name: hashName, pids: w.pids, run: w.hashes} }

// referenceHash is what a hash took, in milliseconds of CPU, where the goals in milliseconds were set: machines differ,
// and what is allowed here is as much as the hash takes more or less of.
const referenceHash = 21

// allowance is what so many milliseconds of the reference machine are here.
type allowance struct{ reference, here float64 }

func allow(reference, hash float64) allowance {
	return allowance{reference: reference, here: reference * hash / referenceHash}
}

// priceOfAHash is what a sign-in pays for its hash: a process of hashes alone may pay more for its memory than a server, so that no hash
// costs more than all of a sign-in at the floor.
func priceOfAHash(alone, floor *outcome) float64 { return min(alone.CPU.Bench, floor.CPU.platform()) }

func (a allowance) String() string {
	return fmt.Sprintf("%g ms where a hash takes %d (here %.2f)", a.reference, referenceHash, a.here)
}
