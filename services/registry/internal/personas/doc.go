// Package personas reads personas.yaml, the one list of people with fixed scenarios: for the registries' answers
// and for the table in the service's README.
package personas
