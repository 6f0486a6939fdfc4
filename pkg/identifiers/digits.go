package identifiers

import (
	"strings"
	"unicode"
)

// dashes are the characters that keyboards and word processors use for a hyphen.
const dashes = "-‐‑‒–—−"

// bareDigits removes the spaces, dashes and brackets between digits. Only ASCII digits may remain.
func bareDigits(s string) (string, error) {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(dashes+"()", r) {
			return -1
		}
		return r
	}, Typed(s))
	switch {
	case bare == "":
		return "", problem(required)
	case strings.Trim(bare, "0123456789") != "":
		return "", problem(malformed)
	}
	return bare, nil
}

// exactDigits is bareDigits for a code of exactly n digits.
func exactDigits(s string, n int) (string, error) {
	bare, err := bareDigits(s)
	if err == nil && len(bare) != n {
		err = problem(malformed)
	}
	if err != nil {
		return "", err
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
