package actor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// hop has err cross from proc to one that knows vars.
func hop(t *testing.T, err error, proc string, from, vars *errorVars) *Error {
	t.Helper()
	e, bad := readError(appendError(nil, travelling(err, "an actor in proc "+proc, proc, from)), vars)
	if bad != nil {
		t.Fatal(bad)
	}
	return e
}

var errLate = errors.New("late")

// parity: A64
// An annotated variable passes through procs that do not know it, and is found again by one that does.
func TestVariablePassesThroughStrangers(t *testing.T) {
	var knows, stranger errorVars
	knows.learn([]GenErrorVar{{ID: "bank.ErrLate", Err: errLate}})
	e := hop(t, fmt.Errorf("too: %w", errLate), "a", &knows, &stranger)
	if errors.Is(e, errLate) {
		t.Error("who does not know the variable finds it")
	}
	for _, proc := range []string{"b", "c"} {
		e = hop(t, fmt.Errorf("%s: %w", proc, e), proc, &stranger, &stranger)
	}
	if e = hop(t, e, "d", &stranger, &knows); !errors.Is(e, errLate) || errors.Is(e, errors.New("late")) {
		t.Errorf("%v is not the variable", e)
	}
	if want := "c: b: too: late (from a, via b, via c, via d)"; e.Error() != want {
		t.Errorf("got %s, want %s", e, want)
	}
}

// parity: A63
// A long path keeps its first proc, where the error arose, and the last, which has passed it on.
func TestLongPathKeepsItsEnds(t *testing.T) {
	var vars errorVars
	err := error(&Error{Code: CodePanic, Text: "panic", Stack: strings.Repeat("line\n", 20_000), cause: context.Canceled})
	for i := range 50 {
		err = hop(t, err, fmt.Sprint("p", i), &vars, &vars)
	}
	e := err.(*Error)
	if n := len(e.Path); n != maxErrorPath || e.Path[0] != "p0" || e.Path[1] != "…" || e.Path[2] != "p36" || e.Path[n-1] != "p49" {
		t.Errorf("path %q", e.Path)
	}
	if e.Origin != "an actor in proc p0" || e.StackProc != "p0" || e.Code != CodePanic || !errors.Is(e, context.Canceled) || len(e.details) != 1 {
		t.Errorf("%+v", e)
	}
	if n := len(e.Stack); n > maxErrorStack || !strings.Contains(e.Stack, "of 100000 bytes are left out") || !strings.HasSuffix(e.Stack, "\nline\n") {
		t.Errorf("a stack of %d bytes", n)
	}
}

func TestEveryPartOfAnErrorIsFoundAgain(t *testing.T) {
	var vars errorVars
	far := hop(t, &Error{Code: CodePanic, Text: "panic: far", Stack: "far stack"}, "far", &vars, &vars)
	other := hop(t, ErrNotFound, "other", &vars, &vars)
	e := hop(t, errors.Join(errors.New("plain"), far, other, fmt.Errorf("x: %w", syscall.ENOENT), io.EOF), "b", &vars, &vars)
	for _, target := range []error{ErrNotFound, fs.ErrNotExist} {
		if !errors.Is(e, target) {
			t.Errorf("it is not %v", target)
		}
	}
	for _, target := range []error{io.EOF, ErrStopped, fs.ErrExist, context.Canceled} {
		if errors.Is(e, target) {
			t.Errorf("it is %v", target)
		}
	}
	// Of several that came from elsewhere, the first is told in full, and the others in the text.
	if e.Code != CodePanic || e.Stack != "far stack" || e.StackProc != "far" || !slices.Equal(e.Path, []string{"far", "b"}) {
		t.Errorf("%+v", e)
	}
	if want := "plain\npanic: far\nactor: not found (from other)\nx: no such file or directory\nEOF"; e.Text != want {
		t.Errorf("text %q", e.Text)
	}
}

func TestTypeNameIsThatOfTheErrorInside(t *testing.T) {
	path := &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}
	for _, c := range []struct {
		err  error
		want string
	}{
		{path, "*fs.PathError"},
		{Fatal(fmt.Errorf("reading: %w", path)), "*fs.PathError"},
		{fmt.Errorf("reading: %v", path), "*errors.errorString"},
		{errors.Join(path, path), "*errors.joinError"},
		{NewError(CodeStopped, "x", path), ""},
	} {
		if got := typeName(c.err); got != c.want {
			t.Errorf("%v: %s, want %s", c.err, got, c.want)
		}
	}
}

// A wild error has a method that panics for its nil pointer.
type wildError struct{ text string }

func (e *wildError) Error() string { return e.text }

func TestErrorWhoseTextPanicsTravels(t *testing.T) {
	var vars errorVars
	if e := hop(t, (*wildError)(nil), "a", &vars, &vars); e.Text == "" || e.Type != "*actor.wildError" {
		t.Errorf("%+v", e)
	}
}

// What an earlier version sends has no proc of the stack.
func TestErrorOfAnEarlierVersionIsRead(t *testing.T) {
	b := appendError(nil, &Error{Text: "text"})
	b = b[:len(b)-1]
	b[0]--
	if e, err := readError(b, nil); err != nil || e.Text != "text" || e.StackProc != "" {
		t.Errorf("%+v, %v", e, err)
	}
}
