package identifiers

import "log/slog"

// Passport is the number of a Russian citizen's internal passport, in normal form.
type Passport struct {
	Series string // 4 digits: region and year of the form
	Number string // 6 digits
}

// IssueCode is the code of the office that issued a passport, with its hyphen: "770-001".
type IssueCode string

// ParsePassportSeries reads the 4 digits of a series, also as "45 10".
func ParsePassportSeries(s string) (string, error) { return exactDigits(s, 4) }

// ParsePassportNumber reads the 6 digits of a number; blanks are numbered from 000001 on.
func ParsePassportNumber(s string) (string, error) { return notZero(s, 6) }

// ParsePassport reads series and number from one field.
func ParsePassport(s string) (Passport, error) {
	digits, err := exactDigits(s, 10)
	if err != nil {
		return Passport{}, err
	}
	number, err := ParsePassportNumber(digits[4:])
	if err != nil {
		return Passport{}, err
	}
	return Passport{Series: digits[:4], Number: number}, nil
}

// Key is series and number in one, for comparing and indexing.
func (p Passport) Key() string { return p.Series + p.Number }

// Format is "45 10 123456", as printed on the page.
func (p Passport) Format() string {
	if len(p.Series) != 4 {
		return p.Key()
	}
	return p.Series[:2] + " " + p.Series[2:] + " " + p.Number
}

// Masked is "** ** ****56".
func (p Passport) Masked() string { return starred(p.Format(), 0, 2) }

// LogValue keeps the number out of logs.
func (p Passport) LogValue() slog.Value { return slog.StringValue(p.Masked()) }

// ParseIssueCode reads 6 digits with or without the hyphen.
func ParseIssueCode(s string) (IssueCode, error) {
	digits, err := exactDigits(s, 6)
	if err != nil {
		return "", err
	}
	return IssueCode(digits[:3] + "-" + digits[3:]), nil
}

// Bare is the code without its hyphen.
func (c IssueCode) Bare() string {
	if len(c) != 7 {
		return string(c)
	}
	return string(c[:3] + c[4:])
}

// passportGrace is how many days after the 20th and 45th birthday the old passport stays valid.
const passportGrace = 90

// firstPassports is the day from which the citizen's passport has been issued (Decree 232 of 13 March 1997 and the
// government's rules on it).
func firstPassports() Date { return Date{Year: 1997, Month: 10, Day: 1} }

// CheckIssued refuses a passport's day of issue that has not come, or on which there were no such passports yet.
func CheckIssued(issued Date, today Today) error {
	switch {
	case issued.IsZero():
		return problem(required)
	case issued.Before(firstPassports()):
		return problem(tooEarly)
	}
	return today.CheckPast(issued)
}

// CheckPassportDates says what is wrong with the day of issue: a passport is issued from 14 and replaced at
// 20 and at 45, within 90 days of the birthday (the government's rules on the citizen's passport).
func CheckPassportDates(birth, issued Date, today Today) error {
	if err := CheckBirth(birth, today); err != nil {
		return err
	}
	if err := CheckIssued(issued, today); err != nil {
		return err
	}
	switch {
	case issued.Before(birth.AddYears(14)):
		return problem(issuedUnder)
	case outlived(birth.AddYears(45), issued, today.Moscow):
		return problem(replaceAt45)
	case outlived(birth.AddYears(20), issued, today.Moscow):
		return problem(replaceAt20)
	}
	return nil
}

// outlived says whether a passport from before the birthday is no longer accepted today.
func outlived(birthday, issued, today Date) bool {
	return issued.Before(birthday) && today.After(birthday.AddDays(passportGrace))
}
