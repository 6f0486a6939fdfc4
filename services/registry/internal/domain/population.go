package domain

import (
	"fmt"
	"strconv"

	"github.com/propusk-id/propusk/pkg/errs"
	"github.com/propusk-id/propusk/pkg/identifiers"
	errorsv1 "github.com/propusk-id/propusk/proto/gen/propusk/errors/v1"
)

// perSeries is how many passports one series of a region and a year has.
const perSeries = 1_000_000

// Population computes ordinary citizens, 1 to Size. A larger size adds people and changes nobody; another
// seed changes everybody. All are adults in any year from 2021 on.
type Population struct {
	seed    uint64
	size    int64
	names   names
	regions []region
	spread  shuffle // person → place: a region and a rank in it
}

// NewPopulation refuses sizes for which the regions have too few passport numbers: above 50 million.
func NewPopulation(seed uint64, size int64) (*Population, error) {
	p := &Population{seed: seed, size: size, names: newNames(), regions: regions()}
	most := int64(len(p.regions)) * perSeries
	if size < 1 || size > most {
		return nil, fmt.Errorf("the population's size is %d: choose 1 to %d", size, most)
	}
	p.spread = newShuffle(uint64(most), seed)
	return p, nil
}

// Person is person n as of today, or a refusal with POPULATION_OUT_OF_RANGE.
func (p *Population) Person(n int64, today identifiers.Date) (Person, error) {
	if n < 1 || n > p.size {
		return Person{}, errs.New(errorsv1.Reason_POPULATION_OUT_OF_RANGE,
			"the population has no person of that number").With("size", p.size)
	}
	return p.compute(n, today), nil
}

// bySNILS finds the person with the number.
func (p *Population) bySNILS(s identifiers.SNILS, today identifiers.Date) (Person, bool) {
	n, ok := ofSNILS(s)
	if !ok || n > p.size {
		return Person{}, false
	}
	return p.compute(n, today), true
}

// byPassport finds who holds or held it.
func (p *Population) byPassport(number identifiers.Passport, today identifiers.Date) (Person, bool) {
	home, ok := p.regionOf(number)
	serial, err := strconv.ParseUint(number.Number, 10, 32)
	if !ok || err != nil || len(number.Number) != 6 {
		return Person{}, false
	}
	rank := p.serials(number.Series).from(serial)
	n := int64(p.spread.from(rank*uint64(len(p.regions))+home)) + 1
	if n > p.size {
		return Person{}, false
	}
	person := p.compute(n, today)
	_, _, ok = person.holds(number)
	return person, ok
}

func (p *Population) regionOf(number identifiers.Passport) (index uint64, ok bool) {
	for i, r := range p.regions {
		if len(number.Series) == 4 && number.Series[:2] == r.okato {
			return uint64(i), true
		}
	}
	return 0, false
}

// serials maps the people of a region to the numbers of a series. Each person has at most one passport of a series, so a
// number identifies its holder.
func (p *Population) serials(series string) shuffle {
	key, _ := strconv.ParseUint(series, 10, 32)
	return newShuffle(perSeries, mix(p.seed)^mix(key))
}

// compute draws everything about person n, always in the same order.
func (p *Population) compute(n int64, today identifiers.Date) Person {
	place := p.spread.at(uint64(n - 1))
	count := uint64(len(p.regions))
	home, rank := p.regions[place%count], place/count

	d := newDice(p.seed, uint64(n))
	person := Person{Citizenship: "RUS", SNILS: snilsOf(n), Gender: pick(d, []Gender{Male, Female})}
	person.Name = p.names.draw(d, person.Gender)
	person.Birth = birthDate(d)
	lives := pick(d, home.towns)
	person.BirthPlace = p.birthPlace(d, home, lives)
	person.Address = drawAddress(d, home, lives)
	person.Passports = p.passports(d, person.Birth, office{region: home, town: lives, rank: rank}, today)
	return person
}

// birthDate is a day of 1936 … 2006.
func birthDate(d *dice) identifiers.Date {
	first := identifiers.Date{Year: 1936, Month: 1, Day: 1}
	return first.AddDays(d.upTo(71*365 + 18))
}

// birthPlace is mostly the town of one's address.
func (p *Population) birthPlace(d *dice, home region, lives town) string {
	elsewhere := pick(d, p.regions)
	far := pick(d, elsewhere.towns)
	if d.oneIn(4) {
		return elsewhere.birthPlace(far)
	}
	return home.birthPlace(lives)
}
