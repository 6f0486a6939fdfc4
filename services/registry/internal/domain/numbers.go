package domain

import (
	"fmt"
	"strconv"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// The numbers of the population: those given out before SNILS had check digits, above the personas' block.
const (
	firstNumber = 1_000     // 000-001-000
	lastNumber  = 1_001_998 // 001-001-998
	numbers     = lastNumber - firstNumber + 1
	// controls is how many people share a number: nothing binds its last two digits.
	controls = 100
)

// snilsOf is person n's SNILS. The first 1,000,999 people take the numbers in order, each with the digits
// that the check rule would give (so that a client which always checks accepts them); every further round
// of 1,000,999 takes the same numbers with the next two digits.
func snilsOf(n int64) identifiers.SNILS {
	round, place := (n-1)/numbers, (n-1)%numbers
	number := fmt.Sprintf("%09d", firstNumber+place)
	return identifiers.SNILS(fmt.Sprintf("%s%02d", number, (checkDigits(number)+round)%controls))
}

// ofSNILS is the person whose SNILS it is, whether or not the population is that large.
func ofSNILS(s identifiers.SNILS) (n int64, ok bool) {
	number, control, ok := split(s)
	if !ok || number < firstNumber || number > lastNumber {
		return 0, false
	}
	round := (control - checkDigits(string(s[:9])) + controls) % controls
	return round*numbers + number - firstNumber + 1, true
}

// split is a SNILS as its nine-digit number and its two last digits.
func split(s identifiers.SNILS) (number, control int64, ok bool) {
	value, err := strconv.ParseUint(string(s), 10, 63)
	if err != nil || len(s) != 11 {
		return 0, 0, false
	}
	return int64(value / controls), int64(value % controls), true
}

// checkDigits are what the rule for later numbers gives.
func checkDigits(number string) int64 {
	s, _ := identifiers.NewSNILS(number) // nine digits always make one
	_, control, _ := split(s)
	return control
}
