package actor

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// errorTree yields err and what it wraps, in the order of errors.Is.
func errorTree(err error) iter.Seq[error] {
	return func(yield func(error) bool) { walkErrors(err, yield) }
}

func walkErrors(err error, yield func(error) bool) bool {
	if err == nil {
		return true
	}
	if !yield(err) {
		return false
	}
	for _, one := range unwrap(err) {
		if !walkErrors(one, yield) {
			return false
		}
	}
	return true
}

func unwrap(err error) []error {
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		if one := u.Unwrap(); one != nil {
			return []error{one}
		}
	case interface{ Unwrap() []error }:
		return u.Unwrap()
	}
	return nil
}

// traces returns what the *Errors in err's tree tell of where it arose: one for each that are joined. Of those that wrap each other it is one,
// with the outermost's code and text, and the stack and origin from deepest down.
func traces(err error) []Error {
	if err == nil {
		return nil
	}
	var below []Error
	for _, one := range unwrap(err) {
		below = append(below, traces(one)...)
	}
	e, ok := err.(*Error)
	switch {
	case !ok:
		return below
	case len(below) != 1:
		if len(below) > 1 && e.Stack == "" {
			return below
		}
		return append([]Error{*e}, below...)
	}
	t := &below[0]
	t.Code, t.Text = e.Code, e.text()
	if t.Stack == "" {
		t.Stack, t.StackProc = e.Stack, e.StackProc
	}
	if len(t.Path) == 0 {
		t.Path, t.Origin, t.Type = e.Path, e.Origin, e.Type
	}
	return below
}

// travelling makes of err what crosses to another proc. origin is the actor that answers with it, "" if none does.
func travelling(err error, origin, proc string, vars *errorVars) *Error {
	if origin == "" {
		origin = "proc " + proc
	}
	out := &Error{Code: CodeOf(err), Type: typeName(err), Origin: origin}
	if out.Code == CodeUnknown {
		if out.Code = CodeHandler; isFatal(err) {
			out.Code = CodeFatal
		}
	}
	if all := traces(err); len(all) > 0 {
		from := max(0, slices.IndexFunc(all, func(t Error) bool { return len(t.Path) > 0 }))
		t := &all[from]
		if len(t.Path) > 0 {
			out.Origin, out.Type, out.Path = t.Origin, t.Type, slices.Clone(t.Path)
		}
		if out.Stack, out.StackProc = t.Stack, t.StackProc; out.Stack != "" && out.StackProc == "" {
			out.StackProc = proc
		}
	}
	out.Text = textWithout(err, func(path []string) bool { return slices.Equal(path, out.Path) })
	out.collect(err, vars.all())
	out.Path = append(out.Path, proc)
	return out
}

// textWithout returns err's text without the paths that Error() has appended and that are told apart from it. An Error method that
// panics costs its text alone.
func textWithout(err error, told func(path []string) bool) string {
	text := fmt.Sprint(err)
	for one := range errorTree(err) {
		if e, ok := one.(*Error); ok && len(e.Path) > 0 && told(e.Path) {
			text = strings.Replace(text, e.Error(), e.text(), 1)
		}
	}
	return text
}

// typeName is the Go type of the innermost interesting error: an annotated one if there is one, else the first that does more than
// to wrap others.
func typeName(err error) string {
	var a annotated
	if errors.As(err, &a) {
		return fmt.Sprintf("%T", a)
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Type
	}
	for {
		name := fmt.Sprintf("%T", err)
		inner := unwrap(err)
		if _, marked := err.(*fatal); len(inner) != 1 || !marked && !strings.HasPrefix(name, "*fmt.") {
			return name
		}
		err = inner[0]
	}
}
