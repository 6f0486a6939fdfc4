package password

import (
	"slices"

	zxcvbn "github.com/ccojocar/zxcvbn-go"
	"github.com/ccojocar/zxcvbn-go/matching"

	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// scored is how many characters are looked at: the estimate takes more than linear time, and what is longer than
// this is hard to guess anyway.
const scored = 40

// Score is how hard the password is to guess, from 0 (at once) to 4 (very hard), as zxcvbn estimates it. What
// is well known or the person's own scores nothing. Its l33t matcher, whose time grows exponentially, is left out:
// the list of common passwords is compared with such spellings undone.
func (p *Policy) Score(password string, about []string) int {
	broken := p.Violations(password, about)
	if slices.Contains(broken, errorsv1.Reason_PASSWORD_COMMON) || slices.Contains(broken, errorsv1.Reason_PASSWORD_PERSONAL) {
		return 0
	}
	shown := []rune(Normal(password))
	return zxcvbn.PasswordStrength(string(shown[:min(len(shown), scored)]), nil, matching.FilterL33tMatcher).Score
}
