package env

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	cenv "github.com/caarlos0/env/v11"
)

const fileSuffix = "_FILE"

// Vars are environment variables by name.
type Vars map[string]string

// Section is a group of variables: Config is a struct with `env` tags, Prefix stands before each name.
type Section struct {
	Prefix string
	Config any
}

// Environ reads the process's environment; NAME_FILE of our own variables is replaced by NAME.
func Environ() (Vars, error) { return parse(os.Environ()) }

func parse(environ []string) (Vars, error) {
	vars := Vars{}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		vars[name] = value
	}
	return vars, vars.readFiles()
}

func (v Vars) readFiles() error {
	for name, path := range v {
		base, isFile := strings.CutSuffix(name, fileSuffix)
		if !isFile || path == "" || !ours(base) {
			continue
		}
		if _, both := v[base]; both {
			return fmt.Errorf("both %s and %s are set: keep one of them", base, name)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		v[base] = strings.TrimRight(string(content), "\r\n")
		delete(v, name)
	}
	return nil
}

func ours(name string) bool {
	shared := []string{"DATABASE_URL", "DATABASE_PASSWORD", "DATABASE_ADMIN_URL", "REDIS_URL", "NATS_URL"}
	return strings.HasPrefix(name, "PROPUSK_") || slices.Contains(shared, name)
}

// Fill sets the fields of into, a pointer to a struct with `env` tags, from the variables with the prefix. Every number
// and duration has its range in a `range` tag; a value outside it is refused in words.
func (v Vars) Fill(prefix string, into any) error {
	err := cenv.ParseWithOptions(into, cenv.Options{Environment: v, Prefix: prefix})
	var all cenv.AggregateError
	if errors.As(err, &all) {
		return fmt.Errorf("configuration: %w", errors.Join(all.Errors...))
	}
	if err != nil {
		return err
	}
	return checkRanges(prefix, reflect.ValueOf(into).Elem())
}

// Check refuses PROPUSK_* variables that no section has, and values that a section cannot take.
func (v Vars) Check(sections ...Section) error {
	if err := v.checkUnknown(sections); err != nil {
		return err
	}
	for _, s := range sections {
		if s.Config == nil {
			continue
		}
		if err := v.Fill(s.Prefix, reflect.New(reflect.TypeOf(s.Config)).Interface()); err != nil {
			return err
		}
	}
	return nil
}

// Tagged are the values of a struct tag by the variable whose field has it.
func (s Section) Tagged(tag string) Vars {
	out := Vars{}
	if s.Config == nil {
		return out
	}
	for _, f := range reflect.VisibleFields(reflect.TypeOf(s.Config)) {
		if value, ok := f.Tag.Lookup(tag); ok {
			out[s.Prefix+f.Tag.Get("env")] = value
		}
	}
	return out
}

func (v Vars) checkUnknown(sections []Section) error {
	known := map[string]bool{}
	for _, s := range sections {
		names, err := s.names()
		if err != nil {
			return err
		}
		for _, n := range names {
			known[n] = true
		}
	}
	var unknown []string
	for name := range v {
		if strings.HasPrefix(name, "PROPUSK_") && !known[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return fmt.Errorf("unknown variables: %s: correct the spelling or remove them", strings.Join(unknown, ", "))
}

func (s Section) names() ([]string, error) {
	if s.Config == nil {
		return nil, nil
	}
	zero := reflect.New(reflect.TypeOf(s.Config)).Interface()
	params, err := cenv.GetFieldParamsWithOptions(zero, cenv.Options{Prefix: s.Prefix})
	if err != nil {
		return nil, err
	}
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Key
	}
	return names, nil
}
