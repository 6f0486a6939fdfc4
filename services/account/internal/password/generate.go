package password

import (
	"crypto/rand"
	"math/big"
)

// generatedFrom has no characters that are mistaken for others, and only marks that every keyboard has at hand.
const generatedFrom = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!-+.,:;=?@_"

// Generate makes a password that the policy accepts: each acceptable one is equally likely.
func (p *Policy) Generate() string {
	for {
		if password := p.random(); len(p.Violations(password, nil)) == 0 {
			return password
		}
	}
}

func (p *Policy) random() string {
	password := make([]byte, p.generated)
	for i := range password {
		// crypto/rand's reader never fails: it would end the process.
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(generatedFrom))))
		password[i] = generatedFrom[n.Int64()]
	}
	return string(password)
}
