package domain

import (
	"fmt"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// office is where a person gets passports; rank numbers the people of the region.
type office struct {
	region region
	town   town
	rank   uint64
}

// passports are those issued to the person before today.
func (p *Population) passports(d *dice, birth identifiers.Date, at office, today identifiers.Date) []Passport {
	h := habits{exchange: firstIssue().AddDays(d.upTo(6 * 365))}
	for i := range h.delays {
		h.delays[i] = d.from1(60)
	}
	number := d.from1(60)
	var out []Passport
	for _, day := range issueDates(birth, h, today) {
		series := seriesOf(at.region.okato, day)
		out = append(out, Passport{
			Passport:  identifiers.Passport{Series: series, Number: fmt.Sprintf("%06d", p.serials(series).at(at.rank))},
			Issued:    day,
			IssuedBy:  at.region.issuer(at.town, day.Year),
			IssueCode: at.region.issueCode(number, day.Year),
		})
	}
	return out
}

// seriesOf is a region's series of a year, numbered as real passports are.
func seriesOf(okato string, issued identifiers.Date) string {
	return fmt.Sprintf("%s%02d", okato, issued.Year%100)
}

// issueCode is an office's code. Its third digit is the office's level: 0 for a region's department, 2 for a
// town's.
func (r region) issueCode(number, year int) identifiers.IssueCode {
	level := 2
	if year >= 2007 {
		level = 0
	}
	return identifiers.IssueCode(fmt.Sprintf("%s%d-%03d", r.tax, level, number))
}
