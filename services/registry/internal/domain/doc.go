// Package domain is what the simulated registries know and how they behave.
//
// There are two kinds of people. The population is computed: person n is a function of the seed and n, and n is found
// again from a SNILS or a passport without storing anything. The personas come from a file and have scenarios: the
// pension fund does not know one, the passport register is down for another.
//
// Everything is pure: today's date and the current time are passed in, waiting is the caller's job.
package domain
