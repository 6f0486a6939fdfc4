package identifiers

// INN is a taxpayer's number: 10 digits of an organisation, 12 of a person.
type INN string

// OGRN is an organisation's number in the state register: 13 digits.
type OGRN string

// OGRNIP is a sole trader's number in the state register: 15 digits.
type OGRNIP string

// ParseINN reads either kind. Check digits are weighted sums modulo 11, where 10 counts as 0 (order of the
// tax service on the taxpayer's number). Zeros only satisfy the sum and are refused.
func ParseINN(s string) (INN, error) {
	digits := bareDigits(s)
	switch {
	case digits == "":
		return "", problem(required)
	case len(digits) != 10 && len(digits) != 12 || !onlyDigits(digits):
		return "", problem(malformed)
	case allZero(digits):
		return "", problem(onlyZeros)
	case len(digits) == 10 && !innOrganisation(digits), len(digits) == 12 && !innPerson(digits):
		return "", problem(wrongSum)
	}
	return INN(digits), nil
}

// Person says whether it is a person's number.
func (n INN) Person() bool { return len(n) == 12 }

func innOrganisation(d string) bool {
	return int(d[9]-'0') == weighted(d, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10
}

func innPerson(d string) bool {
	return int(d[10]-'0') == weighted(d, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 &&
		int(d[11]-'0') == weighted(d, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10
}

// ParseOGRN reads 13 digits; the last is the number of the first 12 modulo 11, modulo 10 (government decree
// on the register of legal entities).
func ParseOGRN(s string) (OGRN, error) {
	digits, err := registered(s, 13, 11)
	return OGRN(digits), err
}

// ParseOGRNIP reads 15 digits; the last is the number of the first 14 modulo 13, modulo 10.
func ParseOGRNIP(s string) (OGRNIP, error) {
	digits, err := registered(s, 15, 13)
	return OGRNIP(digits), err
}

func registered(s string, length, modulus int) (string, error) {
	digits, err := notZero(s, length)
	switch {
	case err != nil:
		return "", err
	case remainder(digits[:length-1], modulus)%10 != int(digits[length-1]-'0'):
		return "", problem(wrongSum)
	}
	return digits, nil
}
