package domain

import (
	"fmt"

	"github.com/propusk-id/propusk/pkg/identifiers"
)

// desk is where a person of a rank within a region gets his passports.
type desk struct {
	region region
	town   town
	rank   uint64
}

// passports are those issued to the person before today.
func (p *Population) passports(d *dice, birth identifiers.Date, at desk, today identifiers.Date) []Passport {
	h := habits{exchange: blanks().AddDays(d.upTo(6 * 365))}
	for i := range h.delays {
		h.delays[i] = d.from1(60)
	}
	office := d.from1(60)
	var out []Passport
	for _, day := range issueDates(birth, h, today) {
		series := seriesOf(at.region.okato, day)
		out = append(out, Passport{
			Passport:  identifiers.Passport{Series: series, Number: fmt.Sprintf("%06d", p.serials(series).at(at.rank))},
			Issued:    day,
			IssuedBy:  at.region.issuer(at.town, day.Year),
			IssueCode: at.region.issueCode(office, day.Year),
		})
	}
	return out
}

// seriesOf is a region's series of a year, as real blanks are numbered.
func seriesOf(okato string, issued identifiers.Date) string {
	return fmt.Sprintf("%s%02d", okato, issued.Year%100)
}

// issueCode is an office's code. Its third digit is the office's level: 0 for a region's department, 2 for a
// town's.
func (r region) issueCode(office, year int) identifiers.IssueCode {
	level := 2
	if year >= 2007 {
		level = 0
	}
	return identifiers.IssueCode(fmt.Sprintf("%s%d-%03d", r.tax, level, office))
}
