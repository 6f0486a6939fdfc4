package app

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// Programs are told how a letter's code is written: of what stands in the signs of the pattern, what matches is well formed.
func TestThePatternAgreesWithTheReader(t *testing.T) {
	pattern := regexp.MustCompile(identifiers.LetterCodePattern)
	values := rapid.OneOf(rapid.StringMatching(identifiers.LetterCodePattern), rapid.StringMatching(`[Ll1][0-9A-Za-z \-]{8,12}`), rapid.StringMatching(`[0-9A-Za-z \-]+`))
	rapid.Check(t, func(t *rapid.T) {
		value := values.Draw(t, "value")
		_, err := readCode(value)
		e, refused := errs.As(err)
		if refused && e.Reason == errorsv1.Reason_CONFIRMATION_CODE_WRONG_KIND {
			return
		}
		if pattern.MatchString(value) == refused {
			t.Fatalf("%q matches: %t, refused: %v", value, !refused, err)
		}
		if refused && strings.Trim(value, " -") != "" && e.Fields[0].Pattern != identifiers.LetterCodePattern {
			t.Fatalf("%q is refused with the pattern %q", value, e.Fields[0].Pattern)
		}
	})
	for _, value := range []string{"L-7K2QM-9XWTR", "l7k2qm9xwtr", "1 OOOOO IIIII"} {
		if !pattern.MatchString(value) {
			t.Errorf("%s does not match", value)
		}
	}
}
