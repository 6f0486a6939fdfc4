package allinone_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/propusk-id/propusk/pkg/env"
	"github.com/propusk-id/propusk/services/allinone"
)

// anyNumber is the range of a seed, which may be any.
const anyNumber = "0..18446744073709551615"

// Every number and duration that an operator can set is refused at the start when nobody can mean it.
func TestEveryNumberHasARange(t *testing.T) {
	seen := 0
	for _, s := range allinone.Services() {
		section := s.Section()
		if section.Config == nil {
			continue
		}
		for _, f := range reflect.VisibleFields(reflect.TypeOf(section.Config)) {
			bad, isNumber := beyond(f.Type)
			if !isNumber || f.Tag.Get("env") == "" || f.Tag.Get("range") == anyNumber {
				continue
			}
			seen++
			name := section.Prefix + f.Tag.Get("env")
			err := env.Vars{name: bad}.Check(section)
			if f.Tag.Get("range") == "" || err == nil || !strings.Contains(err.Error(), name+" is ") {
				t.Errorf("%s=%s is not refused: %v", name, bad, err)
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d numbers were found", seen)
	}
}

// beyond is a value that no setting of the type can mean.
func beyond(t reflect.Type) (value string, isNumber bool) {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "-1ns", true
	case t.Kind() == reflect.Slice:
		return beyond(t.Elem())
	case t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uintptr:
		return "4000000000", true
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Float64:
		return "-1", true
	}
	return "", false
}
