package env

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// rangeTag is the struct tag that bounds a number or a duration: `range:"1..100"`, `range:"1s..24h"`,
// `range:"0 or 1h..720h"`. Both ends belong to it.
const rangeTag = "range"

// checkRanges refuses values outside their ranges, and numbers without one: a setting that takes any number takes one
// that nobody can mean. config is a struct with `env` tags whose names begin with the prefix.
func checkRanges(prefix string, config reflect.Value) error {
	var failed []error
	for i := range config.NumField() {
		field, value := config.Type().Field(i), config.Field(i)
		name := prefix + field.Tag.Get("env")
		switch {
		case isNested(field):
			failed = append(failed, checkRanges(prefix+field.Tag.Get("envPrefix"), value))
		case isNumber(field.Type):
			failed = append(failed, checkRange(name, field, value))
		}
	}
	return errors.Join(failed...)
}

func isNested(f reflect.StructField) bool {
	return f.Type.Kind() == reflect.Struct && f.Tag.Get("env") == "" && f.IsExported()
}

// isNumber also takes lists of numbers: their range is each element's.
func isNumber(t reflect.Type) bool {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return false
	}
	if t.Kind() == reflect.Slice {
		return isNumber(t.Elem())
	}
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64
}

func checkRange(name string, f reflect.StructField, v reflect.Value) error {
	allowed := f.Tag.Get(rangeTag)
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			if err := checkValue(name, allowed, v.Index(i)); err != nil {
				return err
			}
		}
		return checkValue(name, allowed, reflect.Value{})
	}
	return checkValue(name, allowed, v)
}

// checkValue compares a value, or, if it has none, only reads the range.
func checkValue(name, allowed string, v reflect.Value) error {
	if allowed == "" {
		return fmt.Errorf("%s is a number without a range: give its field a tag like `range:\"1..100\"`", name)
	}
	inside := false
	for part := range strings.SplitSeq(allowed, " or ") {
		low, high, err := parseRange(part)
		if err != nil {
			return fmt.Errorf("%s has the range %q: %w", name, allowed, err)
		}
		inside = inside || v.IsValid() && low <= number(v) && number(v) <= high
	}
	if v.IsValid() && !inside {
		return fmt.Errorf("%s is %v: choose %s", name, v.Interface(), strings.ReplaceAll(allowed, "..", " to "))
	}
	return nil
}

func parseRange(s string) (low, high float64, err error) {
	from, to, two := strings.Cut(s, "..")
	if !two {
		to = from
	}
	if low, err = parseBound(from); err != nil {
		return 0, 0, err
	}
	if high, err = parseBound(to); err != nil {
		return 0, 0, err
	}
	if low > high {
		return 0, 0, fmt.Errorf("%s is more than %s", from, to)
	}
	return low, high, nil
}

// parseBound reads a number, or a duration in nanoseconds.
func parseBound(s string) (float64, error) {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return n, nil
	}
	d, err := time.ParseDuration(s)
	return float64(d), err
}

// number loses the last digits of numbers beyond 2^53, which no range ends between.
func number(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	default:
		return v.Float()
	}
}
