package domain

// dice gives the same throws for the same key forever: splitmix64, implemented here because the standard library
// promises no stable sequence and a person must not change with the toolchain.
type dice struct{ state uint64 }

func newDice(seed, key uint64) *dice { return &dice{state: mix(mix(seed) ^ key)} }

// upTo is a number from 0 to n-1; n is small, so the bias of the remainder does not show.
func (d *dice) upTo(n int) int {
	d.state += 0x9e3779b97f4a7c15
	return int(mix(d.state) % uint64(n))
}

// from1 is a number from 1 to n.
func (d *dice) from1(n int) int { return 1 + d.upTo(n) }

// oneIn is true once in n throws.
func (d *dice) oneIn(n int) bool { return d.upTo(n) == 0 }

// pick is one entry of a list.
func pick[T any](d *dice, list []T) T { return list[d.upTo(len(list))] }

// mix is the finaliser of splitmix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
