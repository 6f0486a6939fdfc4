package identifiers

import "time"

// Moscow is the time that dates are shown in. It has not been changed since 2014, so no zone database is needed.
func Moscow() *time.Location { return time.FixedZone("MSK", 3*60*60) }

// kamchatka is where a day begins first in Russia.
func kamchatka() *time.Location { return time.FixedZone("PETT", 12*60*60) }

// Today is one moment's date. Russia has two at most hours, and nobody is to be refused for living where it is later.
type Today struct {
	// Moscow is the date by which terms run out.
	Moscow Date
	// Kamchatka is the latest date of the country: what has come there is not in the future, and who has reached an age
	// there is of that age.
	Kamchatka Date
}

// TodayAt is the date at an instant.
func TodayAt(t time.Time) Today {
	return Today{Moscow: DateOf(t.In(Moscow())), Kamchatka: DateOf(t.In(kamchatka()))}
}

// CheckPast refuses a date that has not come anywhere in the country.
func (t Today) CheckPast(d Date) error {
	if d.After(t.Kamchatka) {
		return problem(inFuture)
	}
	return nil
}
