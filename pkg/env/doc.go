// Package env reads configuration from environment variables only.
//
// A service's variables begin with PROPUSK_<SERVICE>_. Any variable NAME may instead be given as NAME_FILE, the path
// of a file that holds the value, which is how container secrets arrive. An unknown PROPUSK_* variable stops
// the start: a typo must not silently become a default. So does a number or a duration outside the range that its
// field has in a `range` tag.
package env
