package identifiers

import "log/slog"

// SNILS is the number of a person's pension account: 9 digits and 2 check digits, without separators.
type SNILS string

// lastUnchecked is the last number issued before check digits were introduced: 001-001-998.
const lastUnchecked = "001001998"

// ParseSNILS reads "112-233-445 95" in any spelling. The check digits are the sum of the nine digits times
// 9, 8, … 1, modulo 101, where 100 counts as 00; numbers up to 001-001-998 have none (the Pension Fund's
// rules for the insurance number).
func ParseSNILS(s string) (SNILS, error) {
	digits, err := exactDigits(s, 11)
	if err != nil {
		return "", err
	}
	n := SNILS(digits)
	switch {
	case allZero(digits[:9]):
		return "", problem(onlyZeros)
	case n.Checked() && remainder(digits[9:], 100) != snilsSum(digits):
		return "", problem(wrongSum)
	}
	return n, nil
}

// NewSNILS completes nine digits with their check digits.
func NewSNILS(number string) (SNILS, error) {
	digits, err := exactDigits(number, 9)
	if err != nil {
		return "", err
	}
	sum := snilsSum(digits)
	return ParseSNILS(digits + string([]byte{'0' + byte(sum/10), '0' + byte(sum%10)}))
}

func snilsSum(digits string) int {
	return weighted(digits, 9, 8, 7, 6, 5, 4, 3, 2, 1) % 101 % 100
}

// Checked says whether the number is late enough to carry check digits.
func (n SNILS) Checked() bool { return len(n) == 11 && string(n[:9]) > lastUnchecked }

// RealLooking says whether a living person may have this number. A sandbox refuses those: its people live
// among the numbers that were never issued with check digits.
func (n SNILS) RealLooking() bool { return n.Checked() }

// Format is "112-233-445 95".
func (n SNILS) Format() string {
	if len(n) != 11 {
		return string(n)
	}
	return string(n[:3] + "-" + n[3:6] + "-" + n[6:9] + " " + n[9:])
}

// Masked is "***-***-*45 95".
func (n SNILS) Masked() string { return starred(n.Format(), 0, 4) }

// LogValue keeps the number out of logs.
func (n SNILS) LogValue() slog.Value { return slog.StringValue(n.Masked()) }
