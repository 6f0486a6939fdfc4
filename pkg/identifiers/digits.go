package identifiers

import (
	"strings"
	"unicode"

	"github.com/propusk-id/propusk/pkg/errs"
)

// dashes are the characters that keyboards and word processors use for a hyphen.
const dashes = "-‐‑‒–—−"

// bareDigits removes the spaces, dashes and brackets between digits.
func bareDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(dashes+"()", r) {
			return -1
		}
		return r
	}, Typed(s))
}

// onlyDigits says whether there are but ASCII digits.
func onlyDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// exactDigits reads a number of exactly n digits, with or without what stands between them.
func exactDigits(s string, n int) (string, error) {
	bare := bareDigits(s)
	switch {
	case bare == "":
		return "", problem(required)
	case len(bare) != n || !onlyDigits(bare):
		return "", errs.Problem{Reason: malformed, Pattern: DigitsPattern(n)}
	}
	return bare, nil
}

// weighted is the sum of the leading digits, each times its weight.
func weighted(digits string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	return sum
}

// remainder is the number written in digits modulo m.
func remainder(digits string, m int) int {
	rest := 0
	for _, d := range digits {
		rest = (rest*10 + int(d-'0')) % m
	}
	return rest
}

func allZero(digits string) bool { return strings.Trim(digits, "0") == "" }

// notZero is exactDigits for a number of which there is none of zeros only.
func notZero(s string, n int) (string, error) {
	digits, err := exactDigits(s, n)
	if err == nil && allZero(digits) {
		err = problem(onlyZeros)
	}
	if err != nil {
		return "", err
	}
	return digits, nil
}

// starred replaces digits by stars, except the first and the last few; other characters stay.
func starred(s string, first, last int) string {
	total, seen := 0, 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			total++
		}
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsDigit(r) {
			return r
		}
		seen++
		if seen <= first || seen > total-last {
			return r
		}
		return '*'
	}, s)
}
