package domain

// shuffle is a permutation of 0 … size-1 that can be undone: a Feistel network over the smallest even
// number of bits that holds size, walked until the result lies inside. It spreads neighbours apart, so that
// person n+1 does not have the next passport of the same town. It is not a cipher and hides nothing.
type shuffle struct {
	size uint64
	half uint // bits of one half
	key  uint64
}

const shuffleRounds = 4

func newShuffle(size, key uint64) shuffle {
	s := shuffle{size: size, half: 1, key: key}
	for uint64(1)<<(2*s.half) < size {
		s.half++
	}
	return s
}

// at is the position of x.
func (s shuffle) at(x uint64) uint64 {
	for x = s.forward(x); x >= s.size; {
		x = s.forward(x)
	}
	return x
}

// from is the inverse of at.
func (s shuffle) from(y uint64) uint64 {
	for y = s.backward(y); y >= s.size; {
		y = s.backward(y)
	}
	return y
}

func (s shuffle) forward(x uint64) uint64 {
	l, r := x>>s.half, x&s.mask()
	for round := range uint64(shuffleRounds) {
		l, r = r, l^s.scramble(round, r)
	}
	return l<<s.half | r
}

func (s shuffle) backward(x uint64) uint64 {
	l, r := x>>s.half, x&s.mask()
	for round := range uint64(shuffleRounds) {
		l, r = r^s.scramble(shuffleRounds-1-round, l), l
	}
	return l<<s.half | r
}

func (s shuffle) scramble(round, half uint64) uint64 {
	return mix(s.key^mix(round<<s.half|half)) & s.mask()
}

func (s shuffle) mask() uint64 { return 1<<s.half - 1 }
