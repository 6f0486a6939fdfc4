package errs

import "errors"

// Fields collects every wrong field of a request, so that a person corrects a form once.
type Fields []Field

// Add notes a wrong field.
func (f *Fields) Add(name string, reason Reason) {
	*f = append(*f, Field{Name: name, Reason: reason})
}

// Check notes the field when err is not nil; the reason is the error's own if it has one.
func (f *Fields) Check(name string, err error) {
	if err == nil {
		return
	}
	var p Problem
	errors.As(err, &p)
	*f = append(*f, Field{Name: name, Reason: reasonOf(err), Max: p.Max, Pattern: p.Pattern})
}

// Err is nil when no field is wrong.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	e := New(reasonValidation, "some fields are wrong")
	e.Fields = f
	return e
}

// Problem is what is wrong with a value that does not know its field's name yet.
type Problem struct {
	Reason Reason
	// Max and Pattern are as in [Field].
	Max     int
	Pattern string
}

// Error names the reason; the value itself is never shown.
func (p Problem) Error() string { return p.Reason.String() }

func reasonOf(err error) Reason {
	var p Problem
	if errors.As(err, &p) {
		return p.Reason
	}
	if e, ok := As(err); ok {
		return e.Reason
	}
	return reasonMalformed
}
