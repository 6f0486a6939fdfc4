package domain

import "github.com/propusk-id/propusk/pkg/identifiers"

// issueAges are the ages at which a passport is given and replaced.
func issueAges() [3]int { return [3]int{14, 20, 45} }

// firstIssue is since when offices issue the Russian passport instead of the Soviet one.
func firstIssue() identifiers.Date { return identifiers.Date{Year: 1998, Month: 1, Day: 1} }

// habits is how soon a person gets a passport.
type habits struct {
	// delays are the days between the 14th, 20th and 45th birthday and the passport: less than the 90
	// during which the old one remains valid, so that the one in force is valid on every day.
	delays [3]int
	// exchange is the day on which a Soviet passport was exchanged, from 1998 on.
	exchange identifiers.Date
}

// issueDates are the days on which a person got passports before today, oldest first. A passport counts
// from the day after its issue, so that services whose days begin an hour apart never see one from the
// future.
func issueDates(birth identifiers.Date, h habits, today identifiers.Date) []identifiers.Date {
	var days []identifiers.Date
	soviet := false
	for i, age := range issueAges() {
		day := birth.AddYears(age).AddDays(h.delays[i])
		if day.Before(firstIssue()) {
			soviet = true
			continue
		}
		// Two passports of one year would share a series, so a late exchange is left out.
		if soviet && len(days) == 0 && h.exchange.AddYears(1).Before(day) {
			days = append(days, h.exchange)
		}
		days = append(days, day)
	}
	if len(days) == 0 {
		days = append(days, h.exchange)
	}
	return until(days, today)
}

func until(days []identifiers.Date, today identifiers.Date) []identifiers.Date {
	for i, d := range days {
		if !d.Before(today) {
			return days[:i]
		}
	}
	return days
}
