package actor

import (
	"context"
	"errors"
	"reflect"
	"strings"
)

// The errors that programs branch on, by errors.Is. Each is an *Error with nothing but its code.
var (
	// ErrStopped says that the actor, or its proc, has stopped or is stopping.
	ErrStopped error = &Error{Code: CodeStopped}
	// ErrNotFound says that there is no such actor.
	ErrNotFound error = &Error{Code: CodeNotFound}
	// ErrMailboxFull says that the actor's mailbox, or its proc's memory for mail, is full.
	ErrMailboxFull error = &Error{Code: CodeMailboxFull}
	// ErrUnreachable says that the actor's proc cannot be reached, or that the link to it was lost.
	ErrUnreachable error = &Error{Code: CodeUnreachable}
)

// An Error is what the runtime reports, and what a handler's error becomes when it crosses to another proc.
//
// errors.Is and errors.As see through it from any number of procs away: an error type or variable annotated
// //actor:error in the proc where it arose is found again, as are context.Canceled and context.DeadlineExceeded.
type Error struct {
	// Code classes the error.
	Code Code
	// Text is the message, without the path.
	Text string
	// Type is the Go type of the error that crossed, as bank.Overdrawn; empty for the runtime's own.
	Type string
	// Origin is the actor and proc where the error arose; empty if it arose here.
	Origin string
	// Path names the procs that the error came through, the one where it arose first.
	Path []string
	// Stack is the goroutine's stack where a panic arose, else empty.
	Stack string

	details []errorDetail // the annotated errors in it, for Is and As
	cause   error         // what it wraps in this proc
	vars    *errorVars    // where the names of annotated variables are looked up
}

// An errorDetail is one annotated error that travelled: a type's encoded value, or a variable's name.
type errorDetail struct {
	id  string
	raw []byte // nil for a variable
}

// NewError returns an error of the runtime. It is for transports; programs make errors of their own.
func NewError(code Code, text string, cause error) *Error {
	return &Error{Code: code, Text: text, cause: cause}
}

// CodeOf returns the code of the first *Error in err's tree, CodeCanceled and CodeDeadline for context's errors,
// and CodeUnknown for others and nil.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return CodeUnknown
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, context.DeadlineExceeded):
		return CodeDeadline
	case errors.Is(err, context.Canceled):
		return CodeCanceled
	}
	return CodeUnknown
}

// stackOf returns the stack of a panic that an error tells of, "" for others.
func stackOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Stack
	}
	return ""
}

// Error returns the text, with the way that the error came if it crossed procs.
func (e *Error) Error() string {
	text := e.Text
	if text == "" {
		text = "actor: " + e.Code.String()
	}
	if len(e.Path) > 0 {
		text += " (from " + strings.Join(e.Path, ", via ") + ")"
	}
	return text
}

// Unwrap returns the error's cause in this proc, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Is tells whether target is the error of e's code, or one that travelled in e.
func (e *Error) Is(target error) bool {
	if t, ok := target.(*Error); ok {
		return t.Code == e.Code && t.Text == "" && t.cause == nil && t.Code != CodeUnknown
	}
	switch target {
	case context.Canceled:
		return e.Code == CodeCanceled || e.has(idCanceled)
	case context.DeadlineExceeded:
		return e.Code == CodeDeadline || e.has(idDeadline)
	}
	if e.vars == nil || len(e.details) == 0 || !reflect.TypeOf(target).Comparable() {
		return false
	}
	for _, d := range e.details {
		if v := e.vars.named(d.id); d.raw == nil && v != nil && v == target {
			return true
		}
	}
	return false
}

func (e *Error) has(id string) bool {
	for _, d := range e.details {
		if d.id == id {
			return true
		}
	}
	return false
}

// annotated is what generated code gives to an error type under //actor:error.
type annotated interface {
	error
	ActorErrorID() string
}

type unmarshaler interface {
	UnmarshalMsg([]byte) ([]byte, error)
}

type marshaler interface {
	MarshalMsg([]byte) ([]byte, error)
}

// As sets target to the annotated error that travelled in e, if target's type is that error's.
// The value is decoded now, so each call of As makes its own.
func (e *Error) As(target any) bool {
	if len(e.details) == 0 {
		return false
	}
	out := reflect.ValueOf(target).Elem() // errors.As has checked that target is a non-nil pointer
	typ := out.Type()
	var made reflect.Value // a pointer to the error's struct
	if typ.Kind() == reflect.Pointer {
		made = reflect.New(typ.Elem())
	} else {
		made = reflect.New(typ)
	}
	id, ok := made.Interface().(annotated)
	if !ok {
		return false
	}
	for _, d := range e.details {
		if d.raw == nil || d.id != id.ActorErrorID() {
			continue
		}
		decoder, ok := made.Interface().(unmarshaler)
		if !ok {
			return false
		}
		if _, err := decoder.UnmarshalMsg(d.raw); err != nil {
			return false
		}
		if typ.Kind() == reflect.Pointer {
			out.Set(made)
		} else {
			out.Set(made.Elem())
		}
		return true
	}
	return false
}

// fatal marks a handler's error as one that ends the incarnation.
type fatal struct{ err error }

// Fatal returns err marked as one that the actor must not survive: returned by a handler, it fails the incarnation
// as a panic does, and a waiting caller gets it too. Fatal(nil) is nil.
func Fatal(err error) error {
	if err == nil {
		return nil
	}
	return &fatal{err}
}

func (f *fatal) Error() string { return f.err.Error() }
func (f *fatal) Unwrap() error { return f.err }

// isFatal tells whether err is marked by Fatal. The common case, no error, costs nothing.
func isFatal(err error) bool {
	if err == nil {
		return false // before f is made, which is on the heap
	}
	var f *fatal
	return errors.As(err, &f)
}
