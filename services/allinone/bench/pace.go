package bench

import "time"

// pace is how long and how often things are measured.
type pace struct {
	// people make their accounts by signing up.
	people int
	// turns is how often what is compared alternates, so that a machine that gets faster or slower does not distort it.
	turns int
	// hash, load and event are how long a load lasts each time; idle is how long idleness is measured.
	hash, load, event, idle time.Duration
	// crowd is how many sign in at once where it is many.
	crowd int
	// batch is how many sign-ups are begun, and then proven, each time; completions is how many are completed by pages.
	batch, completions int
	// guarded is how many people have each second factor; offered is how many sign-ins a second are too many, for as long as storm.
	guarded, offered int
	storm            time.Duration
	// counted is how many operations are counted in Postgres, one after another.
	counted int
	// lag is how long PostgreSQL may keep what a session did from the statistics: until it has been idle for ten seconds.
	lag time.Duration
	// few and many are the sizes of the installations that the case growth compares.
	few, many int
}

func thorough() pace {
	return pace{
		people: 64, turns: 3, hash: time.Second, load: 2 * time.Second, event: 8 * time.Second, idle: 10 * time.Second,
		crowd: 4 * callers, batch: 400, completions: 40,
		guarded: 120, offered: 300, storm: 20 * time.Second, counted: 100, lag: 10500 * time.Millisecond, few: 10_000,
	}
}
