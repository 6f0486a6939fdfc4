package identifiers

import "fmt"

// PostIndex is a Russian postal code: 6 digits.
type PostIndex string

// TrackingNumber is Russian Post's number of an inland item: 14 digits.
type TrackingNumber string

// ParsePostIndex reads 6 digits that are not all zero.
func ParsePostIndex(s string) (PostIndex, error) {
	digits, err := notZero(s, 6)
	return PostIndex(digits), err
}

// NewTrackingNumber makes the number of an item: the office's index, the running number of the month in
// which the label was printed (1 to 99), the item's serial number in that month (0 to 99999), and the check
// digit.
func NewTrackingNumber(office PostIndex, month, serial int) (TrackingNumber, error) {
	if _, err := ParsePostIndex(string(office)); err != nil {
		return "", err
	}
	if month < 1 || month > 99 || serial < 0 || serial > 99999 {
		return "", problem(outOfRange)
	}
	digits := fmt.Sprintf("%s%02d%05d", office, month, serial)
	return TrackingNumber(fmt.Sprint(digits, trackingSum(digits))), nil
}

// ParseTrackingNumber reads 14 digits and checks the last.
func ParseTrackingNumber(s string) (TrackingNumber, error) {
	digits, err := notZero(s, 14)
	switch {
	case err != nil:
		return "", err
	case trackingSum(digits) != int(digits[13]-'0'):
		return "", problem(wrongSum)
	}
	return TrackingNumber(digits), nil
}

// trackingSum is what makes the digits' sum, those at odd places times three, a multiple of ten.
func trackingSum(digits string) int {
	return (10 - weighted(digits, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3)%10) % 10
}
